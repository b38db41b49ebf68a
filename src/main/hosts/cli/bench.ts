import { type Command, Option } from 'commander';
import { type BenchJob, benchReportSchema } from '../../../shared/engine-contract.ts';
import { METHOD_NAMES, type MethodName } from '../../../shared/run-config.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { parseCount } from './options.ts';

type BenchOptions = CommonOptions & {
  model: string;
  classes: number;
  batch: number;
  method: MethodName;
  iterations: number;
  profile?: boolean;
};

/** `fapt bench train|eval`: seconds and memory at a given size. */
export function registerBench(program: Command): void {
  const bench = program.command('bench').description('speed and memory at a given size');
  for (const kind of ['train', 'eval'] as const) {
    const what = kind === 'train' ? 'seconds an iteration' : 'seconds an image and attack step';
    addCommand(bench, kind, what)
      .requiredOption('--model <model>', 'random:ViT-B/32 and so on, or a path')
      .requiredOption('--classes <c>', 'classes', parseCount('--classes'))
      .requiredOption('--batch <b>', 'images at once', parseCount('--batch'))
      .addOption(new Option('--method <name>').choices(METHOD_NAMES).makeOptionMandatory())
      .requiredOption('--iterations <n>', 'how many are timed', parseCount('--iterations'))
      .option('--profile', 'also say where the time of one iteration goes')
      .action(
        withCli(async (cli, options: BenchOptions) => {
          const { model, classes, batch, method, iterations, profile = false } = options;
          const path = model.startsWith('random:') ? model : cli.resolve(model);
          const job: BenchJob = {
            kind,
            model: { path },
            method,
            classes,
            batch,
            iterations,
            profile,
          };
          const report = await cli.withEngine((engine) => engine.bench(job));
          const seconds = report.secondsPerIteration ?? report.secondsPerImageStep ?? Number.NaN;
          cli.print(
            `${report.method}, ${report.classes} classes, batch ${report.batch}, ${report.backend}: ${seconds.toPrecision(3)} ${what} (median of ${report.iterations}), peak memory ${(report.peakRssBytes / 1e6).toFixed(0)} MB`,
          );
          for (const { kernel, calls, seconds: spent, share } of report.profile ?? []) {
            cli.print(
              `${kernel.padEnd(24)} ${(100 * share).toFixed(1).padStart(5)} %  ${(1000 * spent).toFixed(1).padStart(8)} ms  ${calls} calls`,
            );
          }
          cli.emit(benchReportSchema, report);
        }),
      );
  }
}
