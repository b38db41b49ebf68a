import { describe, expect, it } from 'vitest';
import { mapsCsv } from '../../../src/renderer/maps/map-csv.ts';
import type { Explanation } from '../../../src/shared/api/attribution.ts';

const explanation = {
  run: 'r1',
  method: 'fap',
  image: { name: '=bear/1.png', label: 1 },
  classNames: ['cat', 'bear'],
  target: { name: 'bear' },
  adversary: { run: 'r2', protocol: 'PGD-3 (ce), eps 8/255', seed: 7, step: null },
  grid: [2, 2],
  maps: { clean: [0.1, 0.2, 0.3, 0.4], adversarial: [0.1, 0, 0.5, -0.4] },
  logits: { clean: [1, 3], adversarial: [2, 0.5] },
  tokens: [{ text: 'bear', learned: false, endsWord: true, clean: 1, adversarial: -1 }],
} as unknown as Explanation;

describe('raw values of maps', () => {
  const lines = mapsCsv([explanation]).trimEnd().split('\r\n');

  it('have a line a patch, a word and a class, with place, numbers and whose attack', () => {
    expect(lines).toHaveLength(1 + 4 + 1 + 2);
    expect(lines[3]).toBe(
      `r1,fap,'=bear/1.png,bear,bear,r2,"PGD-3 (ce), eps 8/255, seed 7",answer,image,2,1,,0.3,0.5,0.2`,
    );
    expect(lines[5]).toMatch(/,words,,1,bear,1,-1,-2$/);
    expect(lines[7]).toMatch(/,logits,,2,bear,3,0\.5,-2\.5$/);
  });

  it('of two models end with A minus B, which names both', () => {
    const b = {
      ...explanation,
      run: 'r2',
      maps: { clean: [0, 0, 0, 1], adversarial: [0, 0, 0, 0] },
    };
    const both = mapsCsv([explanation, b as unknown as Explanation])
      .trimEnd()
      .split('\r\n');
    expect(both).toHaveLength(1 + 2 * 7 + 4);
    expect(both.at(-1)).toMatch(/^r1 - r2,fap,.*,image,2,2,,-0\.6,-0\.4,0\.\d+$/);
    const coarse = { ...b, grid: [1, 1], maps: { clean: [0], adversarial: [0] } };
    const unlike = mapsCsv([explanation, coarse as unknown as Explanation]);
    expect(unlike).not.toContain('r1 - r2');
  });

  it('are not rounded', () => {
    const precise = {
      ...explanation,
      maps: { clean: [1 / 3], adversarial: [1 / 3] },
      grid: [1, 1],
    };
    expect(mapsCsv([precise as unknown as Explanation])).toContain('0.3333333333333333');
  });
});
