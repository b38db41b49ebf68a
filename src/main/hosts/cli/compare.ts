import { type Command, Option } from 'commander';
import { CELLS, type RightTable, type SidesInput } from '../../../shared/api/compare.ts';
import { datasetsDocumentSchema } from '../../../shared/api/compare-datasets.ts';
import { type CompareDocument, compareDocumentSchema } from '../../../shared/api-results.ts';
import { METHOD_NAMES, type MethodName } from '../../../shared/run-config.ts';
import type { App } from '../../api/app.ts';
import { compareClasses } from '../../api/compare/compare-classes.ts';
import { compareDatasets } from '../../api/compare/compare-datasets.ts';
import { compareDisagreement } from '../../api/compare/compare-disagreement.ts';
import { compareRuns } from '../../api/compare/compare-runs.ts';
import { attacksOn } from '../../api/compare/compared-images.ts';
import { resolveSides, seedsOf } from '../../api/compare/sides.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { describeComparison } from './describe-comparison.ts';
import { describeDatasets } from './describe-datasets.ts';
import { parseCount, parseNames, usageError } from './options.ts';

type Options = CommonOptions & {
  seeds?: boolean;
  under?: number;
  classes?: boolean;
  images?: keyof RightTable;
  clean?: boolean;
  methods?: string[];
  model?: string;
  shots?: number;
};

/** `fapt compare`: two runs or groups of seeds, image by image; or methods over datasets. */
export function registerCompare(program: Command): void {
  addCommand(program, 'compare [a] [b]', 'two runs, or two groups of seeds, paired image by image')
    .option('--seeds', 'take in every measured run that differs from A, or B, in its seed alone')
    .option(
      '--under <n>',
      'the n-th of the attacks that all met (default: 1)',
      parseCount('--under'),
    )
    .option('--classes', 'accuracy of each class on both sides')
    .addOption(new Option('--images <cell>', 'the images of one cell').choices(CELLS))
    .option('--clean', 'with --images: who is right without attack')
    .option('--methods <a,b>', 'methods over datasets in place of runs', parseNames('--methods'))
    .option('--model <name>', 'with --methods')
    .option('--shots <k>', 'with --methods', parseCount('--shots'))
    .action(
      withCli(async (cli, options: Options, a?: string, b?: string) => {
        refuseMixture(options, a, b);
        await cli.withApp({ write: false }, async (app) => {
          if (options.methods) {
            const { model = null, shots = null } = options;
            const methods = options.methods.map(methodNamed);
            const report = await compareDatasets(app.db, { methods, model, shots });
            cli.print(describeDatasets(report));
            const leftOut = report.leftOut.map(({ message }) => message);
            cli.emit(datasetsDocumentSchema, { ...report, leftOut });
          } else {
            const document = await comparison(app, options, a ?? '', b ?? '');
            cli.print(describeComparison(document));
            cli.emit(compareDocumentSchema, document);
          }
        });
      }),
    );
}

function refuseMixture(options: Options, a?: string, b?: string): void {
  if (options.methods) {
    if (a !== undefined) throw usageError('Give two runs, or --methods, not both.');
    if (options.methods.length < 2) throw usageError('--methods wants two methods or more.');
    return;
  }
  if (b === undefined) throw usageError('Give two runs, A and B, or --methods M,M.');
  const { model, shots } = options;
  if (model !== undefined || shots !== undefined) {
    throw usageError('--model and --shots belong to --methods: a run has its own.');
  }
  if (options.clean && !options.images) throw usageError('--clean belongs to --images.');
}

function methodNamed(name: string): MethodName {
  const found = METHOD_NAMES.find((method) => method === name);
  if (found) return found;
  throw usageError(`There is no method "${name}": "fapt methods" lists them.`);
}

async function comparison(
  { db }: App,
  options: Options,
  a: string,
  b: string,
): Promise<CompareDocument> {
  const idsOf = (text: string) => {
    const ids = parseNames('A side')(text);
    const [first] = ids;
    if (options.seeds && ids.length > 1) throw usageError('--seeds wants one run a side.');
    return options.seeds && first ? seedsOf(db, first) : ids;
  };
  const runs = { a: idsOf(a), b: idsOf(b) };
  const input: SidesInput = { ...runs, attack: attackKey(db, runs, options.under) };
  const wanted = { attacked: !options.clean, label: null, predicted: null, offset: 0 };
  const cell = options.images;
  return {
    ...(await compareRuns(db, input)),
    ...(options.classes ? { classes: compareClasses(db, input) } : {}),
    ...(cell
      ? { images: compareDisagreement(db, { ...input, ...wanted, cell, limit: EVERY_IMAGE }) }
      : {}),
  };
}

const EVERY_IMAGE = Number.MAX_SAFE_INTEGER;

function attackKey(db: App['db'], runs: { a: string[]; b: string[] }, under?: number) {
  if (under === undefined) return null;
  const attacks = attacksOn(db, resolveSides(db, runs));
  const chosen = attacks[under - 1];
  if (chosen) return chosen.key;
  const count = attacks.length === 1 ? '1 attack' : `${attacks.length} attacks`;
  throw usageError(`--under ${under}: all of these runs met ${count}.`);
}
