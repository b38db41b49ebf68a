import type { RunPrompts } from '../../../shared/api/prompts.ts';
import type { Drift, NearWord, PromptVector } from '../../../shared/prompt-report.ts';
import { wordOf } from '../../../shared/word-of.ts';
import { formatTable } from './table.ts';

/** Vectors a line each, text tower first, then matrices and borders; every number with what it is. */
export function describePrompts(report: RunPrompts): string {
  const { run, method, model, depth, contexts, vocabulary, startKnown } = report;
  const whose =
    contexts > 1 ? `, the context of "${report.classNames[report.context]}" of ${contexts}` : '';
  return [
    `run ${run}, ${method} on ${model}, ${depth === 1 ? '1 block' : `${depth} blocks`} deep${whose}`,
    ...(startKnown
      ? []
      : ['Its prompts were imported: what they started from is not known, so no drift is told.']),
    ...wordTables(report),
    ...imageTable(report),
    ...tensorTable(report),
    '',
    vocabulary === null
      ? 'No words are learned, and the image tower has no vocabulary: drift and norms are all there is to tell.'
      : `Words are the nearest of ${vocabulary} vocabulary pieces by their embeddings; behind block 0 a vector stands among hidden states, which no word embedding was made for.`,
  ].join('\n');
}

function wordTables(report: RunPrompts): string[] {
  const vectors = report.vectors.filter(({ tower }) => tower === 'text');
  if (vectors.length === 0) return [];
  const rows = vectors.map((vector) => [
    ...place(vector),
    ...drift(vector, report.startKnown),
    words(vector.nearest?.cosine),
    words(vector.nearest?.euclidean),
  ]);
  const head = [...HEAD, 'nearest by cosine', 'nearest by distance'];
  return ['', 'text tower', formatTable(head, rows, RIGHT)];
}

function imageTable(report: RunPrompts): string[] {
  const vectors = report.vectors.filter(({ tower }) => tower === 'image');
  if (vectors.length === 0) return [];
  const rows = vectors.map((vector) => [...place(vector), ...drift(vector, report.startKnown)]);
  return ['', 'image tower', formatTable(HEAD, rows, RIGHT)];
}

function tensorTable({ tensors, startKnown }: RunPrompts): string[] {
  if (tensors.length === 0) return [];
  const rows = tensors.map((tensor) => [
    tensor.name,
    tensor.shape.join(' x '),
    ...drift(tensor, startKnown),
  ]);
  const head = ['values', 'shape', ...HEAD.slice(3)];
  return ['', 'matrices and borders', formatTable(head, rows, [2, 3, 4])];
}

const HEAD = ['block', 'token', 'made by', 'norm', 'change', 'cosine'];
const RIGHT = [0, 1, 3, 4, 5];

function place({ block, token, projected }: PromptVector): string[] {
  return [`${block}`, `${token + 1}`, projected ? 'projection' : 'learning'];
}

function drift({ norm, change, cosine }: Drift, startKnown: boolean): string[] {
  if (!startKnown) return [norm.toFixed(3), '-', '-'];
  return [norm.toFixed(3), change.toFixed(3), cosine?.toFixed(3) ?? '-'];
}

/** `photo 0.412, of 0.398`; a piece that ends no word has a hyphen behind it. */
function words(near: NearWord[] = []): string {
  return near.map(({ token, value }) => `${wordOf(token)} ${value.toFixed(3)}`).join(', ');
}
