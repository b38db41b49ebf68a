import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attackOf } from '../../../../src/main/api/create-run.ts';
import type { Api } from '../../../../src/renderer/client/create-client.ts';
import { openTestHost, type TestHost } from '../../fixtures/test-host.ts';
import { type Connected, inProcess } from '../../hosts/connect.ts';
import { evaluate } from '../compare/evaluated-run.ts';

let test: TestHost;
let connected: Connected;
let api: Api;
let sides: { a: string[]; b: string[] };
beforeEach(async () => {
  test = await openTestHost(() => ({}));
  connected = await inProcess(test.host);
  api = connected.client.api;
  const measured = (method: 'fap' | 'cba-fapt', attacked: string) =>
    [1, 2].map((seed) => {
      const run = test.createRun(seed, method);
      const attack = attackOf(run.config, { loss: 'ce' });
      evaluate(test.host.app, run, attack, '000111', attacked);
      return run.id;
    });
  sides = { a: measured('fap', '111111'), b: measured('cba-fapt', '000110') };
});
afterEach(async () => {
  await connected.dispose();
  await test.dispose();
});

describe('compare', () => {
  it('answers all that the screen asks for', async () => {
    const report = await api.compare.report(sides);
    expect(report.robust).toMatchObject({ n: 6, mcnemar: { aOnly: 1, bOnly: 3 } });
    expect(report.attacks).toHaveLength(1);
    const chosen = { ...sides, attack: report.attacks[0]?.key ?? null };
    const { robust } = await api.compare.classes(chosen);
    expect(robust?.confusion.b).toContainEqual({ label: 1, predicted: 0, count: 2 });
    const wrong = { attacked: true, predicted: { side: 'b', label: 0 }, label: 1 } as const;
    const { total, images } = await api.compare.disagreement({ ...chosen, ...wrong, limit: 1 });
    expect(total).toBe(2);
    expect(images).toMatchObject([{ id: 'class1/test-2.png', seed: 1, b: { adversarial: 0 } }]);
    const { two } = await api.compare.datasets({ methods: ['fap', 'cba-fapt'] });
    expect(two?.robust?.differences).toMatchObject([{ dataset: 'tiny', unit: 'images' }]);
    const { several } = await api.compare.datasets({ methods: ['fap', 'fap', 'cba-fapt'] });
    expect(several).toEqual({ natural: null, robust: null });
  });

  it('fails with the code of what is wrong', async () => {
    const failing = (code: string) => expect.objectContaining({ code });
    const attack = { ...sides, attack: 'another' };
    await expect(api.compare.report(attack)).rejects.toEqual(failing('attack-unknown'));
    const mixed = { ...sides, a: [sides.a[0] ?? '', sides.b[1] ?? ''] };
    await expect(api.compare.report(mixed)).rejects.toEqual(failing('side-mixed'));
    await expect(api.compare.report({ ...sides, a: ['nothing'] })).rejects.toEqual(
      failing('run-unknown'),
    );
    await expect(api.compare.datasets({ methods: ['fap', 'tga'] })).rejects.toEqual(
      failing('not-comparable'),
    );
  });
});
