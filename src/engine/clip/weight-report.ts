import { FaptError, messageOf } from '../../shared/errors.ts';
import type { WeightReport, WeightRow } from '../../shared/model-weights.ts';
import { isHarmless } from './clip-names.ts';
import { readShape } from './clip-shape.ts';
import { clipTensors, type WantedTensor } from './clip-tensors.ts';
import { openTensorSource, type TensorSource } from './tensor-source.ts';
import { closeWeightFiles, openWeightFiles, readConfig } from './weight-files.ts';

/** Tensors that are missing or have another shape than the rest of the file asks for. */
export function misfits(source: TensorSource, wanted: WantedTensor[]): WeightRow[] {
  return wanted.flatMap(({ name, shape }) => {
    const parts = source.stored(name);
    const share =
      parts.length === 1 ? shape : [(shape[0] as number) / parts.length, ...shape.slice(1)];
    return parts
      .filter((part) => part.shape?.join() !== share.join() || part.shape === undefined)
      .map((part) => ({
        name: part.name,
        wanted: share,
        found: part.shape ?? null,
        problem: part.shape ? ('shape' as const) : ('missing' as const),
      }));
  });
}

/** @throws FaptError `tensor-missing`, `tensor-shape`, with the first of them and their number */
export function refuseMisfits(path: string, label: string, rows: WeightRow[]): void {
  const first = rows.find(({ problem }) => problem === 'missing') ?? rows[0];
  if (!first) return;
  const others = rows.length - 1;
  const more =
    others === 0
      ? ''
      : ` (and ${others} more: the report of the weights lists them, "fapt model inspect ${path}")`;
  if (first.problem === 'missing') {
    throw new FaptError(
      'tensor-missing',
      `${label} lacks the tensor "${first.name}"${more}: the file is incomplete or not a CLIP.`,
    );
  }
  throw new FaptError(
    'tensor-shape',
    `${label}: "${first.name}" has shape [${first.found}] where the rest of the file asks for [${first.wanted}]${more}; the file mixes two models or is damaged.`,
  );
}

/**
 * What a weight file holds against what a CLIP of its sizes needs, without loading it. Where the file is
 * no CLIP, the report lists what it holds and says why.
 *
 * @throws FaptError where the file itself cannot be read
 */
export async function inspectWeights(path: string): Promise<WeightReport> {
  const { format, rows } = await everyTensor(path);
  const source = await openTensorSource(path).catch((error: unknown) => error);
  if (source instanceof FaptError) {
    return { format, layout: null, tensors: rows.length, reason: messageOf(source), rows };
  }
  if (!isSource(source)) throw source;
  try {
    const { layout } = source;
    try {
      const wanted = clipTensors(readShape(source, await readConfig(path)));
      const problems = misfits(source, wanted);
      const known = new Set(wanted.flatMap(({ name }) => source.stored(name).map((s) => s.name)));
      const unknown = source.unread().filter((name) => !known.has(name) && !isHarmless(name));
      const unused = unknown.map((name) => ({
        name,
        wanted: null,
        found: null,
        problem: 'unknown' as const,
      }));
      const reason = problems.length === 0 ? null : `${problems.length} tensors do not fit`;
      return { format, layout, tensors: rows.length, reason, rows: [...problems, ...unused] };
    } catch (error) {
      if (!(error instanceof FaptError)) throw error;
      return { format, layout, tensors: rows.length, reason: error.message, rows };
    }
  } finally {
    await source.close();
  }
}

function isSource(value: unknown): value is TensorSource {
  return typeof value === 'object' && value !== null && 'readRaw' in value;
}

async function everyTensor(path: string) {
  const opened = await openWeightFiles(path);
  const rows: WeightRow[] = [...opened.located].map(([name, { file }]) => ({
    name,
    wanted: null,
    found: file.entries.get(name)?.shape ?? null,
    problem: null,
  }));
  await closeWeightFiles(opened);
  return { format: opened.files[0]?.format ?? 'safetensors', rows };
}
