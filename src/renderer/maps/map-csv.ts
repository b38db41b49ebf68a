import type { Explanation } from '../../shared/api/attribution.ts';
import { csvOf } from '../../shared/csv.ts';
import { comparedMaps, type ExplainedMaps, explainedMaps } from './explained-maps.ts';

const HEAD = [
  'run',
  'method',
  'image',
  'class',
  'explained',
  'attacked run',
  'protocol',
  'step',
  'map',
  'row',
  'column',
  'word',
  'clean',
  'adversarial',
  'difference',
] as const;

/**
 * Every number of the maps, the words and the logits, unrounded, each with whose attack it is under; of
 * two models with one grid the maps of A minus B too.
 */
export function mapsCsv(explanations: readonly Explanation[]): string {
  const [a, b] = explanations;
  return csvOf(HEAD, [...explanations.flatMap(rowsOf), ...(a && b ? differenceRows(a, b) : [])]);
}

type Row = (string | number | null)[];

function rowsOf(explanation: Explanation): Row[] {
  const { classNames, logits, tokens } = explanation;
  const about = aboutOf(explanation);
  return [
    ...patchRows(about, explanation.grid, explainedMaps(explanation)),
    ...tokens.map(({ text, clean, adversarial }, at) => [
      ...about,
      'words',
      null,
      at + 1,
      text,
      ...numbers(clean, adversarial),
    ]),
    ...logits.clean.map((clean, label) => [
      ...about,
      'logits',
      null,
      label + 1,
      classNames[label] ?? '',
      ...numbers(clean, logits.adversarial[label] ?? Number.NaN),
    ]),
  ];
}

function differenceRows(a: Explanation, b: Explanation): Row[] {
  const maps = comparedMaps(explainedMaps(a), explainedMaps(b));
  if (!maps) return [];
  const [ofA, ofB] = [aboutOf(a), aboutOf(b)];
  const about = ofA.map((text, at) => (text === ofB[at] ? text : `${text} - ${ofB[at]}`));
  return patchRows(about, a.grid, maps);
}

function aboutOf({ run, method, image, classNames, target, adversary }: Explanation) {
  return [
    run,
    method,
    image.name,
    classNames[image.label] ?? '',
    target.name,
    adversary.run,
    `${adversary.protocol}, seed ${adversary.seed}`,
    adversary.step ?? 'answer',
  ];
}

function patchRows(about: Row, grid: Explanation['grid'], { clean, adversarial }: ExplainedMaps) {
  return clean.values.map((value, at) => [
    ...about,
    'image',
    Math.floor(at / grid[1]) + 1,
    (at % grid[1]) + 1,
    null,
    ...numbers(value, adversarial.values[at] ?? Number.NaN),
  ]);
}

function numbers(clean: number, adversarial: number): [number, number, number] {
  return [clean, adversarial, adversarial - clean];
}
