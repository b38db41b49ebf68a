import type { Unlike } from '../../shared/api/results.ts';
import type { ProtocolFacts } from '../../shared/api-protocol.ts';
import { formatEpsilon, PIXEL_STEP } from '../../shared/attack.ts';
import { type PaperTables, paperDataset } from '../../shared/paper-tables.ts';
import { PRESETS } from '../datasets/presets.ts';
import type { PreparedProtocol } from '../protocols/prepare.ts';
import type { DatasetRow } from '../store/datasets.ts';
import type { ModelRow } from '../store/models.ts';

/** CLIP ViT-B/32, by the sizes of its towers. */
const VIT_B_32 = {
  imageSize: 224,
  patchSize: 32,
  imageWidth: 768,
  imageBlocks: 12,
  textWidth: 512,
  textBlocks: 12,
  embeddingWidth: 512,
};
/** The paper's evaluation; the size is that of its training attack, since it states no other. */
const STEPS = 100;

/** What of a protocol differs from the paper's, for natural and for robust accuracy. */
export function unlikePaper(
  paper: PaperTables,
  { facts, model, datasets }: PreparedProtocol,
): { natural: Unlike[]; robust: Unlike[] } {
  const natural = [
    ...unlikeWeights(paper, model),
    ...[...datasets.values()].flatMap((dataset) => unlikeSplit(paper, dataset)),
  ];
  return { natural, robust: [...natural, ...unlikeAttack(facts)] };
}

function unlikeWeights({ setup }: PaperTables, { name, report }: ModelRow): Unlike[] {
  const paper = String(setup.stated.model);
  const isItsShape = Object.entries(VIT_B_32).every(
    ([key, size]) => report[key as keyof typeof VIT_B_32] === size,
  );
  if (!isItsShape || report.layout === 'random') {
    return [{ what: 'weights', ours: name, paper, dataset: null }];
  }
  if (report.origin?.role !== 'image-tower') return [];
  return [{ what: 'image-tower', ours: name, paper, dataset: null }];
}

/** A dataset of the paper with other classes or another test list than the published split has. */
function unlikeSplit(paper: PaperTables, dataset: DatasetRow): Unlike[] {
  const name = paperDataset(paper, dataset.name);
  const preset = PRESETS.find((known) => paperDataset(paper, known.name) === name);
  if (!name || !preset) return [];
  const sizes = (classes: number, images: number) => `${classes} / ${images}`;
  const ours = sizes(dataset.classNames.length, dataset.counts.test);
  const published = sizes(preset.classes, preset.counts.test);
  return ours === published ? [] : [{ what: 'split', ours, paper: published, dataset: name }];
}

function unlikeAttack({ attack }: ProtocolFacts): Unlike[] {
  const { epsilon, steps, subset } = attack;
  const found: Unlike[] = [];
  const add = (what: Unlike['what'], ours: string, paper: string) =>
    found.push({ what, ours, paper, dataset: null });
  if (epsilon !== PIXEL_STEP) add('epsilon', formatEpsilon(epsilon), formatEpsilon(PIXEL_STEP));
  if (steps !== STEPS) add('steps', `${steps}`, `${STEPS}`);
  if (subset !== null) add('subset', `${subset}`, '');
  return found;
}
