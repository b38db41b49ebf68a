import { z } from 'zod';
import { FaptError } from '../../shared/errors.ts';
import type { Checksum, RemoteFile } from './download-file.ts';
import { causeMessage, isUnreachable, type Network, offline, refusedAnswer } from './network.ts';

/** The Hugging Face hub; a mirror answers at the same paths. */
export const HUB = 'https://huggingface.co';

const listingSchema = z.object({
  sha: z.string().regex(/^[0-9a-f]{7,64}$/),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.int().min(0).optional(),
      blobId: z.string().optional(),
      lfs: z.object({ sha256: z.string(), size: z.int().min(0) }).optional(),
    }),
  ),
});

export type HubFile = RemoteFile & { name: string };

/** The files of a repository that a CLIP is made of, at one commit. */
export type Repository = { commit: string; files: HubFile[] };

const LARGEST_LISTING = 8_000_000;
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
  const at = `${endpoint}/api/models/${name}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const { sha, siblings } = await fetchListing(at, network, signal);
  const found = new Map(siblings.map((sibling) => [sibling.rfilename, sibling]));
  const names = chooseFiles([...found.keys()], name);
  const files = names.map((file): HubFile => {
    const { size, blobId, lfs } = found.get(file) as (typeof siblings)[number];
    const sizeBytes = lfs?.size ?? size;
    if (sizeBytes === undefined) throw foreignAnswer(at);
    const url = `${endpoint}/${name}/resolve/${sha}/${file}`;
    const checksum = checksumOf(lfs?.sha256, blobId);
    return { name: file, url, sizeBytes, checksum, tag: sha };
  });
  return { commit: sha, files };
}

/** Large files are named by their SHA-256, small ones by git's own hash. */
function checksumOf(sha256: string | undefined, blobId: string | undefined): Checksum | null {
  if (sha256 !== undefined) return { kind: 'sha256', value: sha256 };
  return blobId && /^[0-9a-f]{40}$/.test(blobId) ? { kind: 'git-sha1', value: blobId } : null;
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

async function fetchListing(url: string, network: Network, signal: AbortSignal) {
  const both = AbortSignal.any([signal, AbortSignal.timeout(network.stallMs)]);
  let text: string;
  try {
    const response = await network.fetch(url, { signal: both });
    if (!response.ok) {
      await response.body?.cancel();
      throw refusedAnswer(url, response.status);
    }
    text = await limitedText(response, url);
  } catch (error) {
    if (error instanceof FaptError || signal.aborted) throw error;
    if (isUnreachable(error) || both.aborted) throw offline(url, error);
    throw new FaptError(
      'download-failed',
      `${new URL(url).host} could not be asked (${causeMessage(error)}): try again, or choose a mirror (--mirror on the command line).`,
      { cause: error },
    );
  }
  try {
    return listingSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw foreignAnswer(url, cause);
  }
}

async function limitedText(response: Response, url: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > LARGEST_LISTING) throw foreignAnswer(url);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function foreignAnswer(url: string, cause?: unknown): FaptError {
  return new FaptError(
    'download-failed',
    `${new URL(url).host} does not answer as the Hugging Face hub does: check the mirror's address.`,
    { cause },
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
