import { describeAttack } from '../../shared/attack.ts';
import type { Fact } from '../export/report/report-data.ts';
import type { DatasetRow } from '../store/datasets.ts';
import { getModel, type ModelRow } from '../store/models.ts';
import type { App } from './app.ts';
import type { DemoRun } from './demo-runs.ts';
import type { DemoNumbers } from './demo-summary.ts';

/** What must be said beside every number of the demo. */
export function demoCautions(dataset: DatasetRow): string[] {
  const demo =
    "These are demo numbers: this application's own small CLIP on drawn images. They are not the paper's and must not be quoted as such.";
  const clusters =
    'Images come in clusters (several pictures of one drawing) and are not independent; the intervals over clusters say so.';
  return dataset.clustered ? [demo, clusters] : [demo];
}

/** The protocol, line by line. */
export async function demoFacts(
  app: App,
  made: DemoRun[],
  numbers: DemoNumbers,
  dataset: DatasetRow,
): Promise<Fact[]> {
  const environment = await app.environment();
  const model = getModel(app.db, numbers.model);
  const config = made.find(({ method }) => method === 'cba-fapt')?.run.config;
  const { optimizer, prompts, loss } = config ?? {};
  const tensorflow = environment.tensorflow
    ? `TensorFlow ${environment.tensorflow}`
    : 'WebAssembly';
  return [
    ...settingFacts(dataset, model),
    { name: 'template', value: `"${dataset.template}", ${prompts?.template}` },
    {
      name: 'few-shot',
      value: `${numbers.shots} images a class, seeds ${numbers.seeds.join(', ')}`,
    },
    { name: 'natural accuracy', value: `all ${numbers.naturalN} test images, no attack` },
    {
      name: 'robust accuracy',
      value: `${numbers.n} test images, balanced (the first of each class in split order), ${describeAttack(numbers.attack)}, white box on each method, last iterate`,
    },
    {
      name: 'training',
      value: `${config?.epochs} epochs, batch ${config?.batchSize}, SGD ${optimizer?.learningRate}, momentum ${optimizer?.momentum}, weight decay ${optimizer?.weightDecay}; PGD-${config?.attack.steps} at the same size`,
    },
    {
      name: 'prompts',
      value: `${prompts?.contextLength} learned tokens, depth ${prompts?.depth} or as many blocks as the model has`,
    },
    {
      name: 'CBA-FAPT',
      value: `alpha ${loss?.alpha}, beta ${loss?.beta}, gamma ${loss?.gamma}, S = ${loss?.score}, word maps by ${loss?.tokenNormalization}`,
    },
    { name: 'FAP', value: `lambda ${loss?.lambda}` },
    {
      name: 'engine',
      value: `FAPT Studio ${environment.version}, ${tensorflow} on ${environment.device}, ${environment.threads} threads, Node ${environment.node}, ${environment.platform}`,
    },
    { name: 'runs', value: made.map(({ run }) => `${run.method} ${run.id}`).join(', ') },
  ];
}

/** The data and the weights, by name and content. */
export function settingFacts(dataset: DatasetRow, { name, report, sha256 }: ModelRow): Fact[] {
  const { classNames, splitHash } = dataset;
  const parameters = `${(report.parameterCount / 1e6).toFixed(1)} M parameters`;
  return [
    {
      name: 'dataset',
      value: `${dataset.name}, ${classNames.length} classes, split ${splitHash.slice(0, 12)}`,
    },
    { name: 'model', value: `${name}, ${parameters}, SHA-256 ${sha256.slice(0, 12)}` },
  ];
}
