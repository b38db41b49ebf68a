import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { type ProtocolSlurmReport, protocolSlurmSchema } from '../../../shared/api-protocol.ts';
import type { App } from '../../api/app.ts';
import { shellCommand } from '../../cluster/shell-quote.ts';
import { ARRAY_SCRIPT, BUNDLES } from '../../cluster/slurm-script.ts';
import {
  arrayFiles,
  refuseFolder,
  type SlurmArray,
  writeArray,
} from '../../cluster/write-array.ts';
import { verifyModel } from '../../models/register-model.ts';
import { type CellState, cellStates } from '../../protocols/cell-states.ts';
import { type ProtocolRequest, prepareProtocol } from '../../protocols/prepare.ts';
import type { Cli } from './cli.ts';
import { protocolWords } from './protocol-words.ts';
import { resourcesOf, type SlurmFlags } from './slurm-options.ts';

/** More than this, many clusters do not take as one array. */
const USUAL_LIMIT = 1000;

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

/** `fapt protocol NAME --slurm`: what is left of a protocol as a Slurm array; with `dryRun` only told. */
export async function slurmProtocol(
  cli: Cli,
  request: ProtocolRequest,
  flags: SlurmFlags & { dryRun?: boolean },
): Promise<void> {
  const folder = cli.resolve(flags.out ?? `slurm-${request.protocol}`);
  await refuseFolder(folder);
  await cli.withApp({ write: 'for-bundled' }, async (app) => {
    const { array, report } = await planArray(cli, app, request, { ...flags, folder });
    const isLeft = array.tasks.length > 0;
    if (isLeft && !flags.dryRun) await writeArray(app.workspace, array);
    report.slurm.written = isLeft && !flags.dryRun;
    cli.print(describeArray(array, report));
    cli.emit(protocolSlurmSchema, report);
  });
}

async function planArray(
  cli: Cli,
  app: App,
  request: ProtocolRequest,
  { folder, ...flags }: SlurmFlags & { folder: string },
): Promise<{ array: SlurmArray; report: ProtocolSlurmReport }> {
  const prepared = await prepareProtocol(app, request);
  const states = await cellStates(app, prepared, { elsewhere: true });
  const left = distinctRuns(states.filter(({ state }) => state !== 'finished'));
  // A weight file that changed would fail every task.
  if (left.length > 0) await verifyModel(prepared.model);
  const tasks = left.map(({ cell }) => ({
    title: cell.title,
    words: protocolWords(request, prepared, cell),
  }));
  const array: SlurmArray = {
    protocol: request.protocol,
    folder,
    tasks,
    fapt: [process.execPath, CLI],
    resources: resourcesOf(flags),
    modelId: prepared.model.id,
    datasetIds: [...prepared.datasets.values()].map(({ id }) => id),
  };
  const workspace = cli.workspace === null ? [] : ['--workspace', cli.workspace];
  const slurm = {
    folder,
    written: false,
    finished: states.filter(({ state }) => state === 'finished').length,
    tasks,
    submit: shellCommand(['sbatch', join(folder, ARRAY_SCRIPT)]),
    gather: shellCommand(['fapt', 'open', join(folder, BUNDLES), ...workspace]),
  };
  return { array, report: { ...prepared.facts, slurm } };
}

/** Two cells may be one run, as the default among the switches is. */
function distinctRuns(states: CellState[]): CellState[] {
  const known = new Map<string, CellState>();
  for (const state of states) {
    const key = JSON.stringify(state.cell.config);
    if (!known.has(key)) known.set(key, state);
  }
  return [...known.values()];
}

function describeArray(array: SlurmArray, { slurm, cautions }: ProtocolSlurmReport): string {
  const { tasks, finished, written, folder, submit, gather } = slurm;
  const used = finished === 0 ? [] : [`${finished} finished runs of the workspace need no task.`];
  if (tasks.length === 0) return ['No run is left, so nothing was written.', ...used].join('\n');
  const count = tasks.length === 1 ? '1 task' : `${tasks.length} tasks`;
  const large =
    tasks.length <= USUAL_LIMIT
      ? []
      : [`Many clusters take no more than ${USUAL_LIMIT}: ask for fewer, as with one seed a call.`];
  const files = written
    ? [`Wrote ${count} to ${folder}; nothing was submitted.`]
    : [
        ...Object.entries(arrayFiles(array)).flatMap(([name, text]) => [
          `--- ${join(folder, name)}`,
          text.trimEnd(),
        ]),
        '---',
        `${count}. Nothing was written.`,
      ];
  return [...files, ...used, ...large, ...cautions, `submit: ${submit}`, `gather: ${gather}`].join(
    '\n',
  );
}
