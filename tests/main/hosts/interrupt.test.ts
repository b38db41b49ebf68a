import process from 'node:process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCli } from '../../../src/main/hosts/cli/cli.ts';
import { type Interrupt, listenForInterrupt } from '../../../src/main/hosts/cli/interrupt.ts';

let interrupt: Interrupt;
afterEach(() => interrupt.dispose());

describe('listenForInterrupt', () => {
  it('asks for a stop once, ignores the echo of npm, and ends the work at the next one', () => {
    let now = 0;
    let ended = 0;
    const notes: string[] = [];
    interrupt = listenForInterrupt(
      (line) => notes.push(line),
      () => now,
    );
    interrupt.onSecond(() => ended++);
    process.emit('SIGINT');
    expect(interrupt.signal.aborted).toBe(true);
    now = 200;
    process.emit('SIGINT');
    expect(ended).toBe(0);
    now = 1500;
    process.emit('SIGINT');
    expect(ended).toBe(1);
    expect(notes).toHaveLength(1);
  });

  it('takes a closed terminal and SIGTERM for the same wish', () => {
    interrupt = listenForInterrupt(() => {});
    process.emit('SIGHUP');
    expect(interrupt.signal.aborted).toBe(true);
    interrupt.dispose();
    interrupt = listenForInterrupt(() => {});
    process.emit('SIGTERM');
    expect(interrupt.signal.aborted).toBe(true);
  });

  it('is heard where it comes before there is an engine to end', async () => {
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const cli = createCli({});
    interrupt = cli.interrupt;
    process.emit('SIGINT');
    told.mockRestore();
    const use = vi.fn();
    await expect(cli.withEngine(use)).rejects.toMatchObject({ code: 'stopped' });
    expect(use).not.toHaveBeenCalled();
  });
});
