import process from 'node:process';
import { Command, CommanderError, Help, type Option } from 'commander';
import { FaptError, messageOf } from '../../../shared/errors.ts';
import { applicationVersion } from '../../api/version.ts';
import { StoppedError } from '../../jobs/job-error.ts';
import { registerAttribute } from './attribute.ts';
import { registerBench } from './bench.ts';
import { registerBundle } from './bundle.ts';
import { registerCheck } from './check.ts';
import { registerCompare } from './compare.ts';
import { registerDataset } from './dataset.ts';
import { registerDemo } from './demo.ts';
import { diskSentence } from './disk-sentence.ts';
import { registerDoctor } from './doctor.ts';
import { registerEval } from './eval.ts';
import { registerExport } from './export.ts';
import { registerMethods } from './methods.ts';
import { registerModel } from './model.ts';
import { registerPredict } from './predict.ts';
import { registerPrompts } from './prompts.ts';
import { registerProtocol } from './protocol.ts';
import { registerResume } from './resume.ts';
import { registerRun } from './run.ts';
import { registerRuns } from './runs.ts';
import { registerServe } from './serve.ts';
import { registerShow } from './show.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

/** The command line: every command, its options and its help. */
function createProgram(): Command {
  const program = new Command('fapt')
    .description('Adversarial few-shot prompt tuning of CLIP: tune, attack, compare, explain.')
    .version(applicationVersion())
    .exitOverride()
    .configureHelp({
      optionDescription(option) {
        return Help.prototype.optionDescription.call(this, withPlainDefault(option));
      },
    })
    .configureOutput({ outputError: (text, write) => write(asOneLine(text)) });
  const register = [
    registerDoctor,
    registerDemo,
    registerMethods,
    registerModel,
    registerDataset,
    registerRun,
    registerResume,
    registerRuns,
    registerShow,
    registerPredict,
    registerPrompts,
    registerEval,
    registerCompare,
    registerProtocol,
    registerAttribute,
    registerExport,
    registerBundle,
    registerCheck,
    registerBench,
    registerServe,
  ];
  for (const add of register) add(program);
  return program;
}

/** Lists are shown as they are typed, and empty ones not at all. */
function withPlainDefault(option: Option): Option {
  const { defaultValue, defaultValueDescription } = option;
  if (!Array.isArray(defaultValue) || defaultValueDescription !== undefined) return option;
  const shown =
    defaultValue.length === 0
      ? { defaultValue: undefined }
      : { defaultValueDescription: defaultValue.join(',') };
  return Object.assign(Object.create(option), shown);
}

/** Commander's `error: ...` with its suggestion on a second line, as one sentence. */
function asOneLine(text: string): string {
  return `${text
    .replace(/^error: /, '')
    .trim()
    .replaceAll('\n', ' ')}\n`;
}

/** Runs one command line and answers with its exit code. */
export async function main(args: string[]): Promise<number> {
  // A reader such as `head` may close the pipe early; that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return process.exitCode === undefined ? 0 : Number(process.exitCode);
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof FaptError) {
    process.stderr.write(`${error.message}\n`);
    if (process.env.FAPT_DEBUG) console.error(error);
    if (error instanceof StoppedError || error.code === 'stopped') return EXIT_INTERRUPTED;
    return error.code === 'usage' ? EXIT_USAGE : EXIT_FAILED;
  }
  const disk = diskSentence(error);
  if (disk !== null) {
    process.stderr.write(`${disk}\n`);
    if (process.env.FAPT_DEBUG) console.error(error);
    return EXIT_FAILED;
  }
  process.stderr.write(
    `Something unexpected went wrong (${messageOf(error)}): please report it.\n`,
  );
  if (process.env.FAPT_DEBUG) console.error(error);
  return EXIT_FAILED;
}
