import { describe, expect, it } from 'vitest';
import { METHODS } from '../../src/shared/method-catalogue.ts';
import { formatReference, REFERENCES, toBibtex } from '../../src/shared/method-references.ts';
import { METHOD_NAMES } from '../../src/shared/run-config.ts';

const all = [...new Set(Object.values(REFERENCES).flat())];

describe('references', () => {
  it('have keys of their own and authors as "Family, Given"', () => {
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
    for (const { authors } of all) {
      for (const author of authors) expect(author).toMatch(/^[^,]+, [^,]+$/);
    }
  });

  it.each(METHOD_NAMES)('%s: the year is that of one of its publications', (name) => {
    expect(REFERENCES[name].map(({ year }) => year)).toContain(METHODS[name].year);
  });

  it('print as a line', () => {
    expect(formatReference(REFERENCES.fap[0] as (typeof all)[number])).toBe(
      'Zhou, Xia, Lin, Han and Liu 2024. Few-Shot Adversarial Prompt Learning on Vision-Language Models. Advances in Neural Information Processing Systems.',
    );
    expect(formatReference(REFERENCES['cba-fapt'][0] as (typeof all)[number])).toMatch(
      /^Feng et al\. 2026\. /,
    );
  });

  it('print as BibTeX', () => {
    expect(toBibtex(REFERENCES.coop[0] as (typeof all)[number])).toBe(`@article{zhou2022coop,
  author = {Zhou, Kaiyang and Yang, Jingkang and Loy, Chen Change and Liu, Ziwei},
  title = {{Learning to Prompt for Vision-Language Models}},
  journal = {International Journal of Computer Vision},
  volume = {130},
  number = {9},
  pages = {2337--2348},
  year = {2022},
}`);
  });
});
