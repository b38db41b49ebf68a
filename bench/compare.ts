/**
 * This engine beside the published way of one iteration (published_iteration.py), in turn on this
 * machine, and the ratio. Memory is each process's own peak.
 *
 *   npm run bench -- [--kind train|eval] [--classes 37,100] [--batch 4] [--rounds 2] [--python python3]
 *
 * `--python` names an interpreter with PyTorch. Rounds alternate the two, so that a machine whose speed
 * drifts slows both; medians are printed.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'train' },
    classes: { type: 'string', default: '37,100' },
    batch: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '2' },
    iterations: { type: 'string', default: '2' },
    method: { type: 'string', default: 'fap' },
    python: { type: 'string', default: 'python3' },
  },
});

type Report = { seconds: number; peakRssBytes: number };

function measured(command: string, args: string[]): Report {
  const out = execFileSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const report = JSON.parse(out.slice(out.indexOf('{'))) as Record<string, number>;
  const seconds = report.secondsPerIteration ?? report.secondsPerImageStep ?? Number.NaN;
  return { seconds, peakRssBytes: report.peakRssBytes ?? Number.NaN };
}

const root = join(import.meta.dirname, '..');
const size = (classes: string) => [
  '--classes',
  classes,
  '--batch',
  values.batch,
  '--iterations',
  values.iterations,
];
const ours = (classes: string) =>
  measured(process.execPath, [
    join(root, 'src/main/hosts/cli.ts'),
    'bench',
    values.kind,
    '--json',
    '--model',
    'random:ViT-B/32',
    '--method',
    values.method,
    ...size(classes),
  ]);
const published = (classes: string) =>
  measured(values.python, [
    join(root, 'bench/published_iteration.py'),
    '--kind',
    values.kind,
    ...size(classes),
  ]);

const median = (numbers: number[]) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (i: number) => sorted[i] ?? Number.NaN;
  return sorted.length % 2 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2;
};

for (const classes of values.classes.split(',')) {
  const rounds = Array.from({ length: Number(values.rounds) }, () => ({
    ours: ours(classes),
    published: published(classes),
  }));
  const [mine, theirs] = (['ours', 'published'] as const).map((who) =>
    median(rounds.map((round) => round[who].seconds)),
  ) as [number, number];
  const ratio = median(rounds.map((round) => round.published.seconds / round.ours.seconds));
  const memory = (who: 'ours' | 'published') =>
    (Math.max(...rounds.map((round) => round[who].peakRssBytes)) / 1e9).toFixed(1);
  console.log(
    `${values.kind} ${values.method} ${classes} classes, batch ${values.batch}: ours ${mine.toPrecision(3)} s (${memory('ours')} GB), published ${theirs.toPrecision(3)} s (${memory('published')} GB), ratio ${ratio.toFixed(1)}`,
  );
}
