import type { Explanation } from '../../shared/api/attribution.ts';
import { csvOf } from '../../shared/csv.ts';

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

/** Every number of the maps and of the words, unrounded, each with whose attack it is under. */
export function mapsCsv(explanations: readonly Explanation[]): string {
  return csvOf(HEAD, explanations.flatMap(rowsOf));
}

function rowsOf(explanation: Explanation): (string | number | null)[][] {
  const { run, method, image, classNames, target, adversary, maps, grid, tokens } = explanation;
  const about = [
    run,
    method,
    image.name,
    classNames[image.label] ?? '',
    target.name,
    adversary.run,
    `${adversary.protocol}, seed ${adversary.seed}`,
    adversary.step ?? 'answer',
  ];
  const numbers = (clean: number, adversarial: number) => [clean, adversarial, adversarial - clean];
  return [
    ...maps.clean.map((clean, at) => [
      ...about,
      'image',
      Math.floor(at / grid[1]) + 1,
      (at % grid[1]) + 1,
      null,
      ...numbers(clean, maps.adversarial[at] ?? Number.NaN),
    ]),
    ...tokens.map(({ text, clean, adversarial }, at) => [
      ...about,
      'words',
      null,
      at + 1,
      text,
      ...numbers(clean, adversarial),
    ]),
  ];
}
