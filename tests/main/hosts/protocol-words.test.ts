import { afterAll, beforeAll, expect, it } from 'vitest';
import { protocolWords } from '../../../src/main/hosts/cli/protocol-words.ts';
import { type ProtocolRequest, prepareProtocol } from '../../../src/main/protocols/prepare.ts';
import { createTestApp, type TestApp } from '../fixtures/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({});
});
afterAll(() => app.dispose());

/** The words of the last run of a protocol, as one line. */
async function words(given: Partial<ProtocolRequest>): Promise<string | undefined> {
  const request: ProtocolRequest = {
    protocol: 'few-shot',
    preset: null,
    methods: null,
    datasets: ['tiny'],
    source: null,
    model: 'tiny',
    shots: null,
    seeds: [1, 7],
    set: [],
    attack: {},
    switches: false,
    ...given,
  };
  const prepared = await prepareProtocol(app, request);
  const lines = prepared.plan.cells.map((cell) => protocolWords(request, prepared, cell).join(' '));
  return lines.at(-1);
}

it('names the one method, number of shots and seed', async () => {
  expect(await words({ methods: ['zero-shot', 'coop'] })).toBe(
    'few-shot --methods coop --datasets tiny --model tiny --shots 16 --seeds 7',
  );
});

it('leaves the shots of what learns from none to the protocol', async () => {
  expect(await words({ methods: ['zero-shot'], shots: [2] })).toBe(
    'few-shot --methods zero-shot --datasets tiny --model tiny --seeds 7',
  );
});

it('hands on settings, preset and attack', async () => {
  const attack = { name: 'pgd', epsilon: 4 / 255, randomStart: false, subset: null } as const;
  const set = ['epochs=3', 'loss.alpha=2'];
  expect(await words({ methods: ['fap'], shots: [4], preset: 'paper', set, attack })).toBe(
    'few-shot --methods fap --datasets tiny --model tiny --shots 4 --seeds 7 --preset paper ' +
      '--set epochs=3 --set loss.alpha=2 --attack pgd --eps 0.01568627450980392 --no-random-start --subset all',
  );
});

it('names a row of the ablation', async () => {
  expect(await words({ protocol: 'ablation' })).toBe(
    'ablation --rows taa --datasets tiny --model tiny --shots 16 --seeds 7',
  );
  expect(await words({ protocol: 'ablation', switches: true })).toBe(
    'ablation --rows loss.tokenNormalization=magnitude --switches --datasets tiny --model tiny --shots 16 --seeds 7',
  );
});
