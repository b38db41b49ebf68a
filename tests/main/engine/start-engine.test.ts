import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../../../src/main/engine/start-engine.ts';
import type { TrainEvent } from '../../../src/shared/engine-contract.ts';
import { attributeJob, trainJob } from './doubles.ts';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
let engine: Engine | undefined;

function start(): Engine {
  engine = startEngine({
    nodePath: process.execPath,
    environment: { FAPT_TEST: '1' },
    entry: path('./double-process.ts'),
  });
  return engine;
}

afterEach(() => engine?.stop());

async function collect(events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const all: TrainEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const signal = new AbortController().signal;

describe('an engine that died', () => {
  it('is told of with what it said last, without the place in the code', async () => {
    const failing = startEngine({
      nodePath: process.execPath,
      environment: {},
      entry: path('./failing-process.ts'),
      log: (line) => {
        if (line.includes('engine.ts:1:2')) failing.kill();
      },
    });
    engine = failing;
    const died = await failing.died;
    expect(String(died)).toMatch(/Its last line was: RangeError: no memory is left$/);
  });
});

describe('the engine process', () => {
  it('stops a stream at a step boundary when the signal is raised, with its last event', async () => {
    const controller = new AbortController();
    const events: TrainEvent[] = [];
    for await (const event of start().train(trainJob('/run'), controller.signal)) {
      events.push(event);
      if (events.length === 3) controller.abort();
    }
    const last = events.at(-1);
    expect(last).toMatchObject({ type: 'end', status: 'stopped' });
    const steps = events.filter((event) => event.type === 'step').map((event) => event.step);
    expect(steps).toEqual(steps.map((_, index) => index + 1));
    expect(last).toHaveProperty('step', steps.length);
  });

  it('hears a signal that was raised before', async () => {
    const events = await collect(start().train(trainJob('/waits'), AbortSignal.abort()));
    expect(events).toEqual([{ type: 'end', status: 'stopped', step: 0 }]);
  });

  it('keeps code and sentence of an error thrown before the first event', async () => {
    await expect(collect(start().train(trainJob('/refused'), signal))).rejects.toMatchObject({
      code: 'nothing-to-train',
      message: 'Nothing to train on.',
    });
  });

  it('keeps code and sentence of an error thrown midway in a stream', async () => {
    const events: TrainEvent[] = [];
    const run = async () => {
      for await (const event of start().train(trainJob('/fails-midway'), signal))
        events.push(event);
    };
    await expect(run()).rejects.toMatchObject({
      code: 'diverged',
      message: 'Loss is NaN.',
    });
    expect(events).toHaveLength(2);
  });

  it('keeps code and sentence of an error of a call, and names a defect as one', async () => {
    const running = start();
    await expect(running.doctor()).rejects.toMatchObject({
      name: 'FaptError',
      code: 'not-here',
    });
    await expect(running.tokenizeText({ path: 'm' }, 't')).rejects.toMatchObject({
      code: 'engine-defect',
      message: expect.stringContaining('x is undefined'),
    });
  });

  it('refuses a malformed job without running it', async () => {
    const job = { ...trainJob('/run'), examples: [] };
    await expect(collect(start().train(job, signal))).rejects.toMatchObject({
      name: 'FaptError',
    });
  });

  it('brings Float32Array through unchanged, views included', async () => {
    const { pixels, drift } = await start().attribute(attributeJob());
    expect(pixels.clean).toBeInstanceOf(Float32Array);
    expect(pixels.clean).toEqual(new Float32Array([0.1, -0, 1e-40, 1]));
    expect(Object.is(pixels.clean[1], -0)).toBe(true);
    expect(pixels.adversarial).toEqual(new Float32Array(0));
    expect(drift.textKl).toBe(Number.MAX_VALUE);
  });

  it('fails pending and later calls when the process dies, naming the signal', async () => {
    const running = start();
    await running.memory();
    const pending = running.predict({
      tuned: attributeJob().tuned,
      paths: ['hang'],
    });
    const refused = expect(pending).rejects.toMatchObject({ code: 'engine-died' });
    const stream = collect(running.train(trainJob('/crash'), signal));
    await expect(stream).rejects.toMatchObject({
      code: 'engine-died',
      message: expect.stringContaining('SIGKILL'),
    });
    await refused;
    await expect(running.memory()).rejects.toMatchObject({
      code: 'engine-died',
    });
    await expect(collect(running.train(trainJob('/run'), signal))).rejects.toMatchObject({
      code: 'engine-died',
    });
  });

  it('says so when the Node binary is missing', async () => {
    engine = startEngine({ nodePath: '/no/such/node', environment: {} });
    await expect(engine.memory()).rejects.toMatchObject({
      code: 'engine-died',
    });
  });

  it('reports its own peak memory', async () => {
    const { maxRssBytes } = await start().memory();
    expect(maxRssBytes).toBeGreaterThan(10e6);
    expect(maxRssBytes).toBeLessThan(2e9);
  });

  it('ignores Ctrl-C, which is for its parent to judge', async () => {
    const running = start();
    await running.memory();
    process.kill(running.pid, 'SIGINT');
    await expect(running.memory()).resolves.toBeDefined();
  });

  it('ends with its parent', async () => {
    const parent = spawn(process.execPath, [path('./orphan-parent.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(parent.stdout.setEncoding('utf8'), 'data');
    const pid = Number(line);
    expect(() => process.kill(pid, 0)).not.toThrow();
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
