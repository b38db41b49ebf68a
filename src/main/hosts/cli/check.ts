import type { Command } from 'commander';
import { checkReportSchema, type MethodErrors } from '../../../shared/engine-contract.ts';
import { FaptError } from '../../../shared/errors.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { outFile } from './out-path.ts';
import { formatTable } from './table.ts';

const HEAD = [
  'method',
  'features',
  'logits',
  'loss terms',
  'gradients',
  'term gradients',
  'changes',
  'maps',
  'pixels differ',
];

/** `fapt check`: the engine against recorded values. */
export function registerCheck(program: Command): void {
  addCommand(program, 'check', 'the engine against golden values')
    .requiredOption('--golden <dir>', 'folder with the recorded values')
    .option('--out <file>', 'write every computed tensor there')
    .action(
      withCli(async (cli, options: CommonOptions & { golden: string; out?: string }) => {
        const job = {
          folder: cli.resolve(options.golden),
          out: options.out === undefined ? null : await outFile(cli, options.out),
        };
        const report = await cli.withEngine((engine) => engine.check(job));
        const rows = Object.entries(report.methods).map(([name, errors]) => rowOf(name, errors));
        cli.print(formatTable(HEAD, rows, [1, 2, 3, 4, 5, 6, 7, 8]));
        cli.emit(checkReportSchema, report);
        if (!report.ok) {
          const [first = 'a value is missing'] = report.failures;
          throw new FaptError(
            'check-failed',
            `The engine does not agree with the golden values (${report.failures.length} out of tolerance): ${first}`,
          );
        }
      }),
    );
}

/** The largest relative error of each kind. */
function rowOf(name: string, errors: MethodErrors): string[] {
  const terms = Object.values(errors.termGradients).flatMap((group) => Object.values(group));
  const largest = [
    [errors.imageFeatures, errors.textFeatures],
    [errors.logitsClean, errors.logitsAdversarial, errors.logitsPgd20],
    [errors.loss ?? 0, ...Object.values(errors.terms)],
    Object.values(errors.gradients),
    terms,
    Object.values(errors.changeAfterThreeSteps),
    [errors.attributionImage, errors.attributionText],
  ].map((values) => (values.length === 0 ? '-' : Math.max(...values).toExponential(1)));
  return [name, ...largest, `${(100 * errors.perturbationMismatch).toFixed(2)} %`];
}
