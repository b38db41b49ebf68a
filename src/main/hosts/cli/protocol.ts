import { type Command, Option } from 'commander';
import {
  PRESET_NAMES,
  PROTOCOL_NAMES,
  type PresetName,
  type ProtocolName,
  type ProtocolReport,
  protocolPlanSchema,
  protocolReportSchema,
} from '../../../shared/api-protocol.ts';
import { FaptError } from '../../../shared/errors.ts';
import { METHOD_NAMES, type MethodName } from '../../../shared/run-config.ts';
import { type ProtocolRequest, prepareProtocol } from '../../protocols/prepare.ts';
import { protocolPlanReport, protocolReport } from '../../protocols/report.ts';
import { runCells } from '../../protocols/run-cells.ts';
import { type AttackFlags, addAttackOptions, attackOptionsOf } from './attack-options.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { describeProtocol, describeProtocolPlan } from './describe-protocol.ts';
import { collect, parseCounts, parseNames, usageError } from './options.ts';
import { slurmProtocol } from './protocol-slurm.ts';
import { addSlurmOptions, refuseStraySlurm, type SlurmFlags } from './slurm-options.ts';

type ProtocolFlags = CommonOptions &
  AttackFlags &
  SlurmFlags & {
    methods?: MethodName[];
    datasets?: string[];
    source?: string;
    model?: string;
    shots?: number[];
    seeds?: number[];
    set: string[];
    preset?: PresetName;
    switches?: boolean;
    rows?: string[];
    dryRun?: boolean;
    run: boolean;
  };

const DESCRIPTIONS: Record<ProtocolName, string> = {
  'few-shot': 'every method with 1, 2, 4, 8 and 16 images a class',
  'base-to-new': 'trained on one half of the classes, tested on both',
  'cross-dataset': 'trained on one dataset, tested on others',
  ablation: "CBA-FAPT's loss term by term (Table 3) on base-to-new",
};

/** `fapt protocol few-shot|base-to-new|cross-dataset|ablation`. */
export function registerProtocol(program: Command): void {
  const protocol = program
    .command('protocol')
    .description("the paper's protocols: many runs, one table");
  for (const name of PROTOCOL_NAMES) register(protocol, name);
}

function register(parent: Command, protocol: ProtocolName): void {
  const command = addCommand(parent, protocol, DESCRIPTIONS[protocol]);
  if (protocol === 'ablation') {
    command
      .option('--switches', "the loss's other choices one at a time, instead of its terms")
      .option(
        '--rows <list>',
        'these rows alone: adv, nat, vaa, taa, or switches',
        parseNames('--rows'),
      );
  } else {
    command.option(
      '--methods <list>',
      "methods, or all (default: zero-shot and the paper's five)",
      parseMethods,
    );
  }
  if (protocol === 'cross-dataset') {
    command
      .option('--source <name>', 'dataset that is trained on')
      .option('--datasets <list>', 'the targets', parseNames('--datasets'));
  } else {
    command.option('--datasets <list>', 'datasets', parseNames('--datasets'));
  }
  if (protocol === 'few-shot') {
    command.option(
      '--shots <list>',
      'images a class (default: 1,2,4,8,16)',
      parseCounts('--shots'),
    );
  } else {
    command.option('--shots <k>', 'images a class (default: 16)', parseOneCount('--shots'));
  }
  command
    .option('--model <name>', 'model of the workspace, or demo-clip')
    .option('--seeds <list>', 'seeds (default: 1,2,3)', parseCounts('--seeds'))
    .option('--set <path=value>', 'one setting of every run (repeatable)', collect, [])
    .addOption(
      new Option(
        '--preset <name>',
        'paper: published settings; demo: the bundled pack, made small',
      ).choices(PRESET_NAMES),
    )
    .option('--dry-run', 'list the runs and estimate their time; store nothing')
    .option('--no-run', 'only the table of what there is');
  addSlurmOptions(addAttackOptions(command)).action(
    withCli(async (cli, flags: ProtocolFlags) => {
      refuseStraySlurm(flags);
      const request = requestOf(protocol, flags);
      if (flags.slurm) {
        await slurmProtocol(cli, request, flags);
        return;
      }
      if (flags.dryRun) {
        await cli.withApp({ write: 'for-bundled' }, async (app) => {
          const report = await protocolPlanReport(app, await prepareProtocol(app, request));
          cli.print(describeProtocolPlan(report));
          cli.emit(protocolPlanSchema, report);
        });
        return;
      }
      await cli.withApp({ write: flags.run || 'for-bundled' }, async (app) => {
        const prepared = await prepareProtocol(app, request);
        const failures = flags.run ? await runCells(app, prepared) : [];
        const report = await protocolReport(app, prepared, failures);
        cli.print(describeProtocol(report));
        cli.emit(protocolReportSchema, report);
        refuseFailures(report);
      });
    }),
  );
}

function requestOf(protocol: ProtocolName, flags: ProtocolFlags): ProtocolRequest {
  return {
    protocol,
    preset: flags.preset ?? null,
    methods: flags.methods ?? null,
    datasets: flags.datasets ?? null,
    source: flags.source ?? null,
    model: flags.model ?? null,
    shots: flags.shots ?? null,
    seeds: flags.seeds ?? null,
    set: flags.set,
    attack: { ...attackOptionsOf(flags), name: flags.attack },
    switches: flags.switches ?? false,
    rows: flags.rows ?? null,
  };
}

function parseMethods(text: string): MethodName[] {
  if (text === 'all') return [...METHOD_NAMES];
  const names = parseNames('--methods')(text);
  const unknown = names.find((name) => !METHOD_NAMES.includes(name as MethodName));
  if (unknown === undefined) return names as MethodName[];
  throw usageError(`There is no method "${unknown}": the methods are ${METHOD_NAMES.join(', ')}.`);
}

function parseOneCount(name: string): (text: string) => number[] {
  return (text) => {
    const counts = parseCounts(name)(text);
    if (counts.length === 1) return counts;
    throw usageError(`${name} is one number here: only few-shot takes a list.`);
  };
}

/** The table is printed first; what failed makes the exit code. */
function refuseFailures({ failures, runs }: ProtocolReport): void {
  if (failures.length === 0) return;
  const list = failures.map(({ title, reason }) => `${title} (${reason})`).join('; ');
  throw new FaptError(
    'protocol-failed',
    `${failures.length} of ${runs.length} runs failed, and the same command tries them again: ${list}`,
  );
}
