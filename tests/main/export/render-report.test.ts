import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/main/export/report/render-report.ts';
import type { ReportData, ReportImageMethod } from '../../../src/main/export/report/report-data.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';

const paired = {
  a: 0.3,
  b: 0.4,
  delta: 0.1,
  ci: [-0.02, 0.22] as [number, number],
  n: 100,
  mcnemar: { aOnly: 5, bOnly: 15, p: 0.041, midP: 0.03 },
  detectable: 0.12,
  bootstrap: { ci: null, seed: 1, resamples: 10_000, seeds: 1, clusters: 1, clustered: true },
  overSeeds: { a: null, b: null, delta: null },
  pairs: [],
};
const attack = evaluationAttackSchema.parse({ name: 'pgd', subset: 100 });

function method(title: string): ReportImageMethod {
  const view = {
    picture: 'data:image/png;base64,AA==',
    overlay: 'data:image/png;base64,BB==',
    words: [0.5, -0.25],
    predicted: '<b>dog</b>',
    margin: -1.25,
    isRight: false,
    top: [{ name: 'dog', logit: 12 }],
  };
  const drift = { imageL2: 0.5, textKl: 0.01 };
  return {
    title,
    targetText: 'cat',
    tokens: ['[1]', 'cat</w>'],
    drift,
    clean: view,
    adversarial: view,
  };
}

const summary = (mean: number) => ({ n: 1, mean, std: null, ci: null });
const data: ReportData = {
  numbers: {
    dataset: 'demo-mammals',
    model: 'demo-clip',
    seeds: [1],
    shots: 16,
    attack,
    naturalN: 300,
    n: 100,
    methods: [
      { method: 'fap', title: 'FAP', runs: [], natural: summary(0.65), robust: summary(0.3) },
      {
        method: 'cba-fapt',
        title: 'CBA-FAPT',
        runs: [],
        natural: summary(0.7),
        robust: summary(0.4),
      },
    ],
    comparisons: [
      {
        seed: 1,
        aTitle: 'FAP',
        bTitle: 'CBA-FAPT',
        said: [],
        a: 'x',
        b: 'y',
        natural: paired,
        robust: paired,
        attack,
        verdict:
          'Under PGD-100 (ce), eps 1/255: CBA-FAPT is better than FAP & more; 40 % against 30 %. Without attack: no evidence of a difference between CBA-FAPT and FAP; 70 %.',
        attacks: [],
        unlike: [],
        leftOut: [],
        configDifference: [],
      },
    ],
  },
  cautions: ["These are demo numbers, not the paper's."],
  facts: [{ name: 'engine', value: 'TensorFlow <2.19>' }],
  curves: [
    {
      method: 'cba-fapt',
      title: 'CBA-FAPT',
      seed: 1,
      series: [
        {
          name: 'total loss',
          points: [
            [1, 4],
            [2, 2],
          ],
        },
      ],
      shares: [{ term: 'image maps (vaa)', points: [[1, 0.0001]] }],
      weak: ['image maps (vaa)'],
    },
  ],
  stability: [{ title: 'FAP', n: 100, imageL2: 0.5, textKl: 0.1 }],
  images: [
    {
      id: 'cat/1.png',
      trueClass: 'cat',
      reason: 'The two disagree.',
      methods: [method('FAP'), method('CBA-FAPT')],
    },
  ],
  imageRule: 'Chosen by rule.',
  scaleLimit: 0.5,
};
const html = renderReport(data);

describe('renderReport', () => {
  it('needs no network and no other file', () => {
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.length).toBeGreaterThan(4);
    for (const address of addresses) expect(address).toMatch(/^(#|data:image\/png)/);
    // Names of XML namespaces are not fetched.
    const rest = html.replaceAll(/xmlns(:\w+)?="[^"]*"/g, '');
    expect(rest).not.toMatch(/https?:\/\/|@import|url\((?!#)|<script/);
    expect(html).toContain("default-src 'none'");
  });

  it('never shows an accuracy without its n and attack', () => {
    expect(html).toContain('Natural accuracy (n = 300)');
    expect(html).toContain('Robust accuracy (n = 100)');
    expect(html).toContain('PGD-100 (ce), eps 1/255, step 1/255, 1 restart');
    expect(html).not.toMatch(/<th[^>]*>Accuracy/i);
  });

  it('shows the four counts of a pair so that they add up', () => {
    const cells = /Under PGD[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/.exec(html)?.[1] ?? '';
    const counts = [...cells.matchAll(/<td>(\d+)<\/td>/g)].map(([, count]) => Number(count));
    expect(counts).toEqual([25, 5, 15, 55]);
  });

  it('puts the claims of the verdict in bold, with and without attack apart', () => {
    const claims = [...html.matchAll(/<p class="verdict">.*?<strong>(.*?)<\/strong>/g)];
    expect(claims.map(([, claim]) => claim)).toEqual([
      'CBA-FAPT is better than FAP &amp; more',
      'no evidence of a difference between CBA-FAPT and FAP',
    ]);
  });

  it('warns of a term that never steered, marks demo numbers, and names whose attack it was', () => {
    expect(html).toContain('under 0.1 % of the gradient');
    expect(html).toContain("These are demo numbers, not the paper's.");
    expect(html).toContain('made by the attack on CBA-FAPT');
  });

  it('has one colour bar with numbers for all maps', () => {
    expect(html.match(/class="bar"/g)).toHaveLength(1);
    expect(html).toContain(
      '<span>-0.500</span><span>-0.250</span><span>0.000</span><span>0.250</span><span>0.500</span>',
    );
  });

  it('takes names as text, never as markup', () => {
    expect(html).not.toContain('<b>dog</b>');
    expect(html).toContain('&lt;b&gt;dog&lt;/b&gt;');
    expect(html).toContain('TensorFlow &lt;2.19&gt;');
  });

  it('has one h1, every picture an alternative text, every table a caption', () => {
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).toContain('<html lang="en">');
    const pictures = html.match(/<img [^>]*>/g) ?? [];
    expect(pictures).toHaveLength(8);
    for (const picture of pictures) expect(picture).toMatch(/alt="[^"]{10,}"/);
    expect(html.match(/<table/g)?.length).toBe(html.match(/<caption>/g)?.length);
  });

  it('marks learned tokens and gives each word its value', () => {
    expect(html).toMatch(/<li class="learned"[^>]*><span>\[1\]<\/span><small>0\.500<\/small>/);
    expect(html).toMatch(/<li class=""[^>]*><span>cat<\/span><small>-0\.250<\/small>/);
  });
});
