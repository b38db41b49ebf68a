import { describe, expect, it } from 'vitest';
import type { PreparedProtocol } from '../../../src/main/protocols/prepare.ts';
import { loadPaperTables } from '../../../src/main/reference/load-paper-tables.ts';
import { unlikePaper } from '../../../src/main/results/unlike-paper.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';
import type { ModelReport } from '../../../src/shared/engine-contract.ts';
import { TINY_REPORT } from '../fixtures/test-app.ts';

const paper = await loadPaperTables();
const VIT_B_32: ModelReport = {
  ...TINY_REPORT,
  imageSize: 224,
  patchSize: 32,
  imageWidth: 768,
  imageBlocks: 12,
  textWidth: 512,
  textBlocks: 12,
  embeddingWidth: 512,
};
const eurosat = { name: 'eurosat', classNames: Array(10).fill('c'), counts: { test: 8100 } };

type Changes = { attack?: object; report?: Partial<ModelReport>; datasets?: object[] };

function unlikeOf({ attack = {}, report = {}, datasets = [eurosat] }: Changes) {
  const found = unlikePaper(paper, {
    facts: { attack: evaluationAttackSchema.parse({ name: 'pgd', steps: 100, ...attack }) },
    model: { name: 'mine', report: { ...VIT_B_32, ...report } },
    datasets: new Map(datasets.map((one, index) => [`${index}`, one])),
  } as unknown as PreparedProtocol);
  const names = (list: typeof found.natural) => list.map(({ what }) => what);
  return { natural: names(found.natural), robust: names(found.robust) };
}

describe('what keeps ours from the cells of the paper', () => {
  it('is nothing where model, splits and attack are its own', () => {
    expect(unlikeOf({})).toEqual({ natural: [], robust: [] });
  });

  it('is the attack, for robust accuracy alone', () => {
    expect(unlikeOf({ attack: { epsilon: 4 / 255, steps: 20, subset: 100 } })).toEqual({
      natural: [],
      robust: ['epsilon', 'steps', 'subset'],
    });
  });

  it('is the model: another size, made-up weights, another image tower', () => {
    expect(unlikeOf({ report: { patchSize: 16 } }).natural).toEqual(['weights']);
    expect(unlikeOf({ report: { layout: 'random' } }).natural).toEqual(['weights']);
    const origin = {
      source: 's',
      sha256: 'h',
      role: 'image-tower',
      base: null,
      revision: null,
    } as const;
    expect(unlikeOf({ report: { origin } }).robust).toEqual(['image-tower']);
  });

  it("is a dataset of the paper's name with other classes or test images", () => {
    const small = { ...eurosat, counts: { test: 100 } };
    expect(unlikeOf({ datasets: [small] })).toEqual({ natural: ['split'], robust: ['split'] });
  });
});
