import type { Command } from 'commander';
import { runListSchema } from '../../../shared/api-results.ts';
import { describeAttack } from '../../../shared/attack.ts';
import { runReports } from '../../api/run-reports.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { parseCount } from './options.ts';
import { formatShare, formatTable } from './table.ts';

const HEAD = [
  'run',
  'status',
  'method',
  'dataset',
  'model',
  'shots',
  'seed',
  'natural (n)',
  'robust (n)',
  'attack',
];

/** `fapt runs`: the newest runs with their numbers. */
export function registerRuns(program: Command): void {
  addCommand(program, 'runs', 'the runs of this workspace, newest first')
    .option('--limit <n>', 'how many', parseCount('--limit'), 50)
    .action(
      withCli(async (cli, options: CommonOptions & { limit: number }) => {
        await cli.withApp({ write: false }, async (app) => {
          const runs = runReports(app.db, options.limit);
          const cells = runs.map((run) => [
            run.id,
            run.status,
            run.method,
            run.dataset,
            run.model,
            `${run.shots}`,
            `${run.seed}`,
            withN(run.naturalAccuracy, run.naturalN),
            withN(run.robustAccuracy, run.n),
            run.robustAccuracy !== null && run.attack ? describeAttack(run.attack) : '-',
          ]);
          cli.print(formatTable(HEAD, cells, [5, 6, 7, 8]));
          cli.emit(runListSchema, { runs });
        });
      }),
    );
}

function withN(value: number | null, n: number | null): string {
  return value === null ? '-' : `${formatShare(value)} (${n})`;
}
