import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { FaptError } from '../../shared/errors.ts';
import { say } from '../../shared/sentence.ts';
import type { App } from '../api/app.ts';
import type { ModelRow } from '../store/models.ts';
import { getSetting, setSetting } from '../store/settings.ts';
import { sha256OfFile } from '../workspace/hash.ts';
import { bytesThere, downloadFile, type RemoteFile } from './download-file.ts';
import { endpointOf, findRepository, HUB, type HubFile } from './hub.ts';
import { folderName, modelsFolder } from './model-folder.ts';
import { isUnreachable, NETWORK, type Network, offline, refusedAnswer } from './network.ts';
import { refuseTakenName, registerModel } from './register-model.ts';

export type DownloadModelOptions = {
  /** OWNER/NAME on the hub, or the address of one weight file. */
  from: string;
  name?: string | undefined;
  /** Branch, tag or commit. */
  revision?: string | undefined;
  /** Address of a mirror of the hub, instead of the setting's or the hub's own. */
  mirror?: string | undefined;
  /** What the file at an address must hash to. */
  sha256?: string | undefined;
  /** What is fetched is an image tower, tuned by itself, for this model. */
  base?: ModelRow | undefined;
};

const MIRROR = 'models.mirror';

/** The mirror that downloads come from; null for the hub itself. */
export function mirrorOf(app: App): string | null {
  return getSetting(app.db, MIRROR, z.string().nullable(), null);
}

/** @throws FaptError `usage` for what is no address */
export function setMirror(app: App, address: string | null): string | null {
  const mirror = address === null ? null : endpointOf(address);
  setSetting(app.db, MIRROR, mirror);
  return mirror;
}

/**
 * Fetches a CLIP into the workspace and registers it. Files are complete and checked before they get
 * their names; PyTorch's are written anew as safetensors. Nothing else in this program uses the network.
 *
 * @throws FaptError `offline`, `download-*`, `checksum-mismatch`, `disk-full`, `stopped`, and those of
 * `registerModel`
 */
export async function downloadModel(
  app: App,
  options: DownloadModelOptions,
  network: Network = NETWORK,
): Promise<ModelRow> {
  const isAddress = /^https?:\/\//i.test(options.from);
  const plan = isAddress
    ? await planAddress(options, network, app.signal)
    : await planRepository(app, options, network);
  const name = options.name ?? plan.name;
  refuseTakenName(app, name);
  const folder = join(modelsFolder(app), plan.folder);
  await fetchAll(app, plan.files, folder, network);
  const last = plan.files.at(-1) as HubFile;
  const path = isAddress ? join(folder, last.name) : folder;
  const origin = {
    source: plan.source,
    sha256: await sha256OfFile(join(folder, last.name)),
    role: 'clip' as const,
    base: null,
    revision: plan.revision,
  };
  try {
    const row = await registerModel(app, { path, name, origin, owned: folder, base: options.base });
    if (options.base) await rm(folder, { recursive: true, force: true });
    return row;
  } catch (error) {
    // What turned out to be no CLIP is not kept; after a stop or a crash the files are used again.
    const isKept = !(error instanceof FaptError) || KEPT.has(error.code);
    if (!isKept) await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

const KEPT = new Set(['stopped', 'engine-died', 'disk-write', 'model-exists']);

type Plan = {
  name: string;
  folder: string;
  source: string;
  revision: string | null;
  /** The weights, or the last of their shards, come last. */
  files: HubFile[];
};

async function planRepository(
  app: App,
  { from, revision = 'main', mirror }: DownloadModelOptions,
  network: Network,
): Promise<Plan> {
  const endpoint = mirror ? endpointOf(mirror) : (mirrorOf(app) ?? HUB);
  const place = { endpoint, name: from, revision };
  const { commit, files } = await findRepository(place, network, app.signal);
  return {
    name: basename(from),
    folder: folderName(from, commit),
    source: `${endpoint}/${from}`,
    revision: commit,
    files,
  };
}

/** One file at an address of its own, whose length and tag its server tells. */
async function planAddress(
  { from, sha256 }: DownloadModelOptions,
  network: Network,
  signal: AbortSignal,
): Promise<Plan> {
  const url = URL.parse(from);
  const file = url ? decodeURIComponent(basename(url.pathname)) : '';
  if (!url || !/^[^/\\\0]+\.(pt|pth|bin|tar|safetensors)$/.test(file)) {
    throw new FaptError(
      'usage',
      `"${from}" is no address of a weight file: it must end in .safetensors, .pt, .pth, .bin or .tar.`,
    );
  }
  const { sizeBytes, tag } = await askLength(from, network, signal);
  // OpenAI's addresses carry the hash of their file.
  const promised = sha256?.toLowerCase() ?? /\/([0-9a-f]{64})\/[^/]+$/.exec(url.pathname)?.[1];
  const checksum = promised ? { kind: 'sha256' as const, value: promised } : null;
  return {
    name: file.replace(/\.[^.]+$/, ''),
    folder: folderName(file, `${from} ${promised ?? tag ?? sizeBytes}`),
    source: from,
    revision: null,
    files: [{ name: file, url: from, sizeBytes, checksum, tag }],
  };
}

async function askLength(url: string, network: Network, signal: AbortSignal) {
  const both = AbortSignal.any([signal, AbortSignal.timeout(network.stallMs)]);
  const response = await network.fetch(url, { method: 'HEAD', signal: both }).catch((error) => {
    if (signal.aborted) throw error;
    throw isUnreachable(error) || both.aborted ? offline(url, error) : error;
  });
  if (!response.ok) throw refusedAnswer(url, response.status);
  const sizeBytes = Number(response.headers.get('content-length') ?? Number.NaN);
  if (Number.isSafeInteger(sizeBytes) && sizeBytes > 0) {
    return { sizeBytes, tag: response.headers.get('etag') };
  }
  throw new FaptError(
    'download-failed',
    `${new URL(url).host} does not say how long ${url} is: fetch it with a browser and add the file (on the command line "fapt model add PATH").`,
  );
}

async function fetchAll(app: App, files: HubFile[], folder: string, network: Network) {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const there = await Promise.all(files.map((file) => bytesThere(file, join(folder, file.name))));
  await requireSpace(folder, files, total - there.reduce((a, b) => a + b, 0), network);
  let before = 0;
  for (const file of files) {
    const onBytes = (done: number) =>
      app.report({
        stage: say('stage.download'),
        done: megabytes(before + done),
        total: megabytes(total),
        detail: file.name,
      });
    await downloadFile(file, join(folder, file.name), { signal: app.signal, onBytes, network });
    before += file.sizeBytes;
  }
}

const megabytes = (bytes: number) => Math.round(bytes / 1e5) / 10;
/** What a database and its journal may need meanwhile. */
const SPARE_BYTES = 50e6;

async function requireSpace(
  folder: string,
  files: RemoteFile[],
  missing: number,
  network: Network,
) {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new FaptError(
      'disk-write',
      `The folder ${folder} cannot be made (${String(cause)}): check the workspace's permissions, or choose another workspace (--workspace on the command line).`,
      { cause },
    );
  });
  // A PyTorch file is written anew beside itself before it goes.
  const anew = files.filter(({ url }) => !/\.(safetensors|json)$/.test(new URL(url).pathname));
  const needed = missing + anew.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) + SPARE_BYTES;
  const free = await network.freeBytes(folder);
  if (free >= needed) return;
  throw new FaptError(
    'disk-full',
    `The download needs ${Math.ceil(needed / 1e6)} MB and the disk of ${folder} has ${Math.floor(free / 1e6)} MB free: free some space, or choose another workspace (--workspace on the command line).`,
  );
}
