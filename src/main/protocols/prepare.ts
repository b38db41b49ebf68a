import type { PresetName, ProtocolFacts, ProtocolName } from '../../shared/api-protocol.ts';
import { FaptError } from '../../shared/errors.ts';
import { PAPER_METHODS } from '../../shared/paper-methods.ts';
import type { MethodName } from '../../shared/run-config.ts';
import { say } from '../../shared/sentence.ts';
import type { App } from '../api/app.ts';
import type { AttackOptions } from '../api/create-run.ts';
import { datasetNamed, modelNamed } from '../models/bundled.ts';
import type { DatasetRow } from '../store/datasets.ts';
import type { ModelRow } from '../store/models.ts';
import { planAblation } from './ablation.ts';
import { planBaseToNew } from './base-to-new.ts';
import { cautionsOf, checkPlan } from './check-plan.ts';
import { planCrossDataset } from './cross-dataset.ts';
import { planFewShot } from './few-shot.ts';
import type { Plan, PlanOptions } from './plan.ts';
import { type LoadedPreset, loadPreset } from './presets.ts';
import { absentPublished, publishedName, publishedNames } from './published-names.ts';
import { settingsOf } from './settings-of.ts';

/** A protocol as it is asked for; null where nothing was said. */
export type ProtocolRequest = {
  protocol: ProtocolName;
  preset: PresetName | null;
  methods: MethodName[] | null;
  datasets: string[] | null;
  source: string | null;
  model: string | null;
  shots: number[] | null;
  seeds: number[] | null;
  set: string[];
  attack: AttackOptions;
  switches: boolean;
  /** Ablation: keys of the rows that are made; absent: all. */
  rows?: string[] | null;
};

/** A protocol with its names found and its cells listed; nothing is stored yet. */
export type PreparedProtocol = {
  facts: ProtocolFacts;
  plan: Plan;
  model: ModelRow;
  /** By name. */
  datasets: Map<string, DatasetRow>;
};

const PLANS: Record<ProtocolName, (options: PlanOptions) => Plan> = {
  'few-shot': planFewShot,
  'base-to-new': planBaseToNew,
  'cross-dataset': planCrossDataset,
  ablation: planAblation,
};

const PAPER_SHOTS = [1, 2, 4, 8, 16];
const PAPER_SEEDS = [1, 2, 3];

/**
 * Finds everything that a protocol names and lists its cells.
 * @throws FaptError `usage`, `model-unknown`, `dataset-unknown`, and what `checkPlan` refuses
 */
export async function prepareProtocol(
  app: App,
  request: ProtocolRequest,
): Promise<PreparedProtocol> {
  const { protocol } = request;
  refuseFixedSettings(request.set);
  const preset = request.preset && (await loadPreset(request.preset));
  const modelName = request.model ?? preset?.model;
  if (!modelName) throw usage(`${protocol} needs --model NAME.`);
  const model = await modelNamed(app, modelName);
  const named = await namesOf(app, request, preset);
  const datasets = new Map<string, DatasetRow>();
  const find = async (name: string) => {
    const row = await datasetNamed(app, name);
    datasets.set(row.name, row);
    return row.name;
  };
  const source = named.source === null ? null : await find(named.source);
  const tested: string[] = [];
  for (const name of named.datasets) tested.push(await find(name));
  const options: PlanOptions = {
    methods: methodsOf(request),
    datasets: tested.filter((name) => name !== source),
    source,
    model: model.name,
    shots: request.shots ?? (protocol === 'few-shot' ? PAPER_SHOTS : [16]),
    seeds: request.seeds ?? PAPER_SEEDS,
    attack: mergeAttack(preset?.attack ?? {}, request.attack),
    presetSettings: (method) => preset?.settingsOf(method) ?? [],
    set: request.set,
    switches: request.switches,
    rows: request.rows ?? null,
  };
  refuseNoDataset(protocol, options);
  const plan = PLANS[protocol](options);
  checkPlan(app.db, plan, datasets);
  const facts = factsOf(request, options, plan, { app, model, datasets });
  if (request.preset === 'paper' && !request.datasets) {
    const absent = await absentPublished(app.db);
    if (absent.length > 0)
      facts.cautions.push(say('caution.absent', { datasets: absent.join(', ') }));
  }
  return { plan, model, datasets, facts };
}

function factsOf(
  { protocol, preset }: ProtocolRequest,
  options: PlanOptions,
  plan: Plan,
  found: { app: App; model: ModelRow; datasets: Map<string, DatasetRow> },
): ProtocolFacts {
  const { model, methods, datasets, source, shots, seeds } = options;
  const rows = [...found.datasets.values()];
  const demo = found.model.bundled || rows.some((dataset) => dataset.demo);
  const attack = plan.cells[0]?.tests.find(({ measure }) => measure === 'robust')?.attack;
  if (!attack) throw usage(`${protocol} has no run to make: give methods, datasets and seeds.`);
  return {
    protocol,
    preset,
    demo,
    model,
    methods: protocol === 'ablation' ? ['cba-fapt'] : methods,
    datasets,
    source,
    shots,
    seeds,
    attack,
    settings: settingsOf(plan),
    cautions: cautionsOf(found.app.db, plan, found.datasets, demo),
  };
}

/** What is trained and tested on: as given, else as the preset says. */
async function namesOf(app: App, request: ProtocolRequest, preset: LoadedPreset | null) {
  const { protocol } = request;
  if (protocol !== 'cross-dataset') {
    if (request.source) throw usage('--source belongs to cross-dataset: name --datasets.');
    const wanted = request.datasets ?? preset?.datasets;
    if (!wanted) throw usage(`${protocol} needs --datasets NAME,NAME (or --preset).`);
    const datasets = wanted === 'published' ? await publishedNames(app.db) : wanted;
    return { source: null, datasets };
  }
  const usual = preset?.crossDataset.source;
  // A preset's "ImageNet" is whatever the workspace calls it.
  const source = request.source ?? (usual && ((await publishedName(app.db, usual)) ?? usual));
  if (!source) throw usage('cross-dataset needs --source NAME, the dataset that is trained on.');
  const wanted = request.datasets ?? preset?.crossDataset.targets;
  if (!wanted) throw usage('cross-dataset needs --datasets NAME,NAME, the targets.');
  const datasets = wanted === 'published' ? await publishedNames(app.db) : wanted;
  return { source, datasets };
}

function methodsOf({ protocol, methods }: ProtocolRequest): MethodName[] {
  if (protocol === 'ablation' && methods) {
    throw usage('The ablation is one of CBA-FAPT alone: leave out --methods.');
  }
  return methods ?? [...PAPER_METHODS];
}

/** What is given wins; a size or an attack of its own brings its own step and number of steps. */
function mergeAttack(preset: AttackOptions, wanted: AttackOptions): AttackOptions {
  const given = Object.fromEntries(
    Object.entries(wanted).filter(([, value]) => value !== undefined),
  ) as AttackOptions;
  if (given.name === 'none') {
    throw usage("A protocol's tables need robust accuracies: leave out --attack none.");
  }
  const { epsilon, stepSize, steps, ...rest } = preset;
  const sizes = given.epsilon === undefined && given.norm !== 'l2' ? { epsilon, stepSize } : {};
  const merged = { ...rest, ...sizes, ...(given.name === 'square' ? {} : { steps }), ...given };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

const FIXED = ['method', 'dataset', 'model', 'shots', 'seed', 'classes'];

function refuseFixedSettings(set: string[]): void {
  const fixed = set.find((text) => FIXED.includes(text.split('=', 1)[0]?.trim() ?? ''));
  if (!fixed) return;
  throw usage(`--set ${fixed} is the protocol's own choice: use its options, see --help.`);
}

function refuseNoDataset(protocol: ProtocolName, { datasets }: PlanOptions): void {
  if (datasets.length > 0) return;
  const what = protocol === 'cross-dataset' ? 'a target other than the source' : 'a dataset';
  throw usage(`${protocol} needs ${what}: name one with --datasets.`);
}

function usage(message: string): FaptError {
  return new FaptError('usage', message);
}
