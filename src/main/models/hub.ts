import { z } from 'zod';
import { FaptError } from '../../shared/errors.ts';
import type { Checksum, RemoteFile } from './download-file.ts';
import { foreignAnswer, limitedFetch } from './hub-fetch.ts';
import type { Network } from './network.ts';

/** The Hugging Face hub; a mirror answers at the same paths. */
export const HUB = 'https://huggingface.co';

const infoSchema = z.object({ sha: z.string().regex(/^[0-9a-f]{7,64}$/) });
const entrySchema = z.object({
  path: z.string(),
  size: z.int().min(0),
  oid: z.string().optional(),
  lfs: z.object({ oid: z.string(), size: z.int().min(0) }).optional(),
});
type Entry = z.infer<typeof entrySchema>;

export type HubFile = RemoteFile & { name: string };

/** The files of a repository that a CLIP is made of, at one commit. */
export type Repository = { commit: string; files: HubFile[] };

const SHARD = /^model-\d+-of-\d+\.safetensors$/;
const INDEX = 'model.safetensors.index.json';

/**
 * Asks a hub what a repository holds at a revision, and chooses weights, config and tokenizer.
 *
 * @throws FaptError `usage`, `offline`, `download-*`, `weights-missing`
 */
export async function findRepository(
  { endpoint, name, revision }: { endpoint: string; name: string; revision: string },
  network: Network,
  signal: AbortSignal,
): Promise<Repository> {
  if (!/^[\w-][\w.-]*\/[\w-][\w.-]*$/.test(name)) {
    throw new FaptError(
      'usage',
      `"${name}" is no name of a model on the hub: give OWNER/NAME, such as openai/clip-vit-base-patch32.`,
    );
  }
  const { commit, entries } = await askHub({ endpoint, name, revision }, network, signal);
  const found = new Map(entries.map((entry) => [entry.path, entry]));
  const files = chooseFiles([...found.keys()], name).map((file): HubFile => {
    const { size, oid, lfs } = found.get(file) as Entry;
    const url = `${endpoint}/${name}/resolve/${commit}/${file}`;
    const checksum = checksumOf(lfs?.oid, oid);
    return { name: file, url, sizeBytes: lfs?.size ?? size, checksum, tag: commit };
  });
  return { commit, files };
}

/** The commit of a revision, and what lies at the top of its tree. */
async function askHub(
  { endpoint, name, revision }: { endpoint: string; name: string; revision: string },
  network: Network,
  signal: AbortSignal,
): Promise<{ commit: string; entries: Entry[] }> {
  // Only who downloads waits for the library.
  const { listFiles, modelInfo } = await import('@huggingface/hub');
  const hub = { hubUrl: endpoint, fetch: limitedFetch(endpoint, network, signal) };
  try {
    const info = await modelInfo({ ...hub, name, revision, additionalFields: ['sha'] });
    const commit = infoSchema.parse(info).sha;
    const repo = { type: 'model' as const, name };
    const entries: Entry[] = [];
    for await (const entry of listFiles({ ...hub, repo, revision: commit })) {
      entries.push(entrySchema.parse(entry));
    }
    return { commit, entries };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || error instanceof z.ZodError) {
      throw foreignAnswer(endpoint, error);
    }
    throw error;
  }
}

/** Large files are named by their SHA-256, small ones by git's own hash. */
function checksumOf(sha256: string | undefined, gitHash: string | undefined): Checksum | null {
  if (sha256 !== undefined) return { kind: 'sha256', value: sha256 };
  return gitHash && /^[0-9a-f]{40}$/.test(gitHash) ? { kind: 'git-sha1', value: gitHash } : null;
}

/** Weights (safetensors before PyTorch's), and the config and tokenizer beside them. */
export function chooseFiles(names: string[], repository: string): string[] {
  const has = (name: string) => names.includes(name);
  const beside = ['config.json', 'tokenizer.json'].filter(has);
  if (has('model.safetensors')) return [...beside, 'model.safetensors'];
  const shards = names.filter((name) => SHARD.test(name)).sort();
  if (has(INDEX) && shards.length > 0) return [...beside, INDEX, ...shards];
  if (has('pytorch_model.bin')) return [...beside, 'pytorch_model.bin'];
  throw new FaptError(
    'weights-missing',
    `${repository} holds no model.safetensors and no pytorch_model.bin (it has ${names.slice(0, 8).join(', ') || 'no files'}): choose a repository of CLIP weights.`,
  );
}

/** A mirror's address without its last slash. @throws FaptError `usage` */
export function endpointOf(address: string): string {
  const url = URL.parse(address);
  if (url && (url.protocol === 'https:' || url.protocol === 'http:') && !url.search && !url.hash) {
    return url.href.replace(/\/+$/, '');
  }
  throw new FaptError(
    'usage',
    `"${address}" is no address of a mirror: give one such as https://mirror.example.org.`,
  );
}
