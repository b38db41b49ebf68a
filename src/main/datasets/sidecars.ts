import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { FaptError } from '../../shared/errors.ts';
import { decodeText } from './decode-text.ts';
import { parseJson } from './parse-json.ts';
import { readBytes } from './readers/read-bytes.ts';
import { normalizePath } from './split.ts';

const cardSchema = z.object({
  name: z.string().min(1).optional(),
  template: z.string().optional(),
  description: z.string().optional(),
  licence: z.string().optional(),
  demo: z.boolean().optional(),
});
/** `dataset.json` beside a split: what the split itself does not say. */
export type DatasetCard = z.infer<typeof cardSchema>;

const clustersSchema = z.record(z.string(), z.union([z.string(), z.number()]));

/** Empty where there is no `dataset.json`. Throws `dataset-card`. */
export function readCard(folder: string): DatasetCard {
  return readSidecar(join(folder, 'dataset.json'), cardSchema) ?? {};
}

/** `clusters.json`: cluster of each path; null where there is none. Throws `dataset-card`. */
export function readClusters(folder: string): Map<string, string> | null {
  const clusters = readSidecar(join(folder, 'clusters.json'), clustersSchema);
  if (clusters === null) return null;
  return new Map(
    Object.entries(clusters).map(([path, cluster]) => [normalizePath(path), String(cluster)]),
  );
}

function readSidecar<T>(file: string, schema: z.ZodType<T>): T | null {
  if (!existsSync(file)) return null;
  const parsed = schema.safeParse(parseJson(decodeText(readBytes(file), file), file));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? '' : ` at "${issue.path.join('.')}" (${issue.message})`;
  throw new FaptError('dataset-card', `${file} has a wrong value${where}: correct it.`, {
    cause: parsed.error,
  });
}
