import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type DownloadModelOptions,
  downloadModel,
  mirrorOf,
  setMirror,
} from '../../../src/main/models/download-model.ts';
import { chooseFiles } from '../../../src/main/models/hub.ts';
import { isUnreachable } from '../../../src/main/models/network.ts';
import { findModel } from '../../../src/main/store/models.ts';
import type { ModelReport } from '../../../src/shared/engine-contract.ts';
import { FaptError } from '../../../src/shared/errors.ts';
import type { ConvertJob } from '../../../src/shared/model-weights.ts';
import { createTestApp, type TestApp } from '../fixtures/test-app.ts';
import { type FileServer, quickNetwork, startFileServer } from './file-server.ts';
import { serveRepository } from './serve-repository.ts';

const COMMIT = '3d74acf9a28c67741b2f4f2ea7635f0aaf6f0268';
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

let server: FileServer;
let app: TestApp;
let refusal: FaptError | null;
const converted: ConvertJob[] = [];

beforeEach(async () => {
  refusal = null;
  converted.length = 0;
  server = await startFileServer();
  app = await createTestApp({
    async inspectModel() {
      if (refusal) throw refusal;
      return { layout: 'huggingface', notes: [] } as unknown as ModelReport;
    },
    async convertWeights(job) {
      converted.push(job);
      await mkdir(job.target, { recursive: true });
      await writeFile(join(job.target, 'model.safetensors'), 'written anew');
    },
  });
});
afterEach(async () => {
  await server.close();
  await app.dispose();
});

const serve = (name: string, files: Record<string, string>) => {
  const bytes = Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]);
  serveRepository(server, name, COMMIT, Object.fromEntries(bytes));
};

const download = (options: Partial<DownloadModelOptions> = {}, network = quickNetwork()) =>
  downloadModel(app, { from: 'openai/clip-vit', mirror: server.url, ...options }, network);
const failure = (work: Promise<unknown>): Promise<FaptError> =>
  work.then(
    () => {
      throw new Error('it was not refused');
    },
    (error: FaptError) => error,
  );
const models = () => readdir(join(app.workspace.folder, 'models')).catch(() => []);

describe('downloadModel from a hub', () => {
  const PARTS = {
    'README.md': '# a model',
    'config.json': '{}',
    'tokenizer.json': '{"t": 1}',
    'model.safetensors': 'the weights',
    'pytorch_model.bin': 'the weights again',
    'flax_model.msgpack': 'and again',
  };

  it('takes weights, config and tokenizer of one commit, and registers them with their hash', async () => {
    serve('openai/clip-vit', PARTS);
    const row = await download();
    expect(row).toMatchObject({ name: 'clip-vit', sha256: sha256(Buffer.from('the weights')) });
    expect(row.path).toMatch(/models.openai-clip-vit-[0-9a-f]{8}$/);
    expect((await readdir(row.path)).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'tokenizer.json',
    ]);
    expect(row.report.origin).toEqual({
      source: `${server.url}/openai/clip-vit`,
      sha256: sha256(Buffer.from('the weights')),
      role: 'clip',
      base: null,
      revision: COMMIT,
    });
    expect(app.progress.at(-1)).toMatchObject({ stage: 'download (MB)' });
  });

  it("writes PyTorch's weights anew and lets them go", async () => {
    serve('openai/clip-vit', { 'config.json': '{}', 'pytorch_model.bin': 'PK\x03\x04 weights' });
    const row = await download();
    expect(converted).toEqual([{ source: row.path, imageTower: null, target: row.path }]);
    expect((await readdir(row.path)).sort()).toEqual(['config.json', 'model.safetensors']);
    expect(row.sha256).toBe(sha256(Buffer.from('written anew')));
    expect(row.report.origin?.sha256).toBe(sha256(Buffer.from('PK\x03\x04 weights')));
  });

  it('takes shards with their index', async () => {
    serve('openai/clip-vit', {
      'model.safetensors.index.json': '{"weight_map": {}}',
      'model-00002-of-00002.safetensors': 'two',
      'model-00001-of-00002.safetensors': 'one',
      '../../escape-00001-of-00001.safetensors': 'no',
    });
    const row = await download();
    expect(await readdir(row.path)).toHaveLength(3);
    expect(existsSync(join(app.workspace.folder, 'escape-00001-of-00001.safetensors'))).toBe(false);
  });

  it('uses the mirror of the workspace, and another revision', async () => {
    serve('openai/clip-vit', PARTS);
    const info = server.files.get('/api/models/openai/clip-vit/revision/main');
    server.files.set('/api/models/openai/clip-vit/revision/refs%2Fpr%2F1', info as Buffer);
    expect(mirrorOf(app)).toBeNull();
    setMirror(app, `${server.url}/`);
    expect(mirrorOf(app)).toBe(server.url);
    await download({ mirror: undefined, revision: 'refs/pr/1', name: 'other' });
    expect(server.requests[0]).toContain('/revision/refs%2Fpr%2F1');
    expect(() => setMirror(app, 'ftp://x')).toThrow(/no address of a mirror/);
    setMirror(app, null);
    expect(mirrorOf(app)).toBeNull();
  });

  it('cut at half: what came is used by the next call, and nothing is registered before', async () => {
    serve('openai/clip-vit', { ...PARTS, 'model.safetensors': 'w'.repeat(200_000) });
    const path = `/openai/clip-vit/resolve/${COMMIT}/model.safetensors`;
    const drop = { kind: 'drop', after: 0 } as const;
    server.faults.set(path, [{ kind: 'drop', after: 100_000 }, drop, drop, drop]);
    const cutting = { ...app, report: () => server.cut() };
    const asked = { from: 'openai/clip-vit', mirror: server.url };
    const broken = await failure(downloadModel(cutting, asked, quickNetwork()));
    expect(broken.code).toBe('download-failed');
    expect(findModel(app.db, 'clip-vit')).toBeNull();
    server.requests.length = 0;
    const row = await download();
    expect(server.requests.filter((request) => request.includes('bytes='))).toHaveLength(1);
    expect(server.requests.filter((request) => request.includes('config.json'))).toEqual([]);
    expect(row.sha256).toBe(sha256(Buffer.from('w'.repeat(200_000))));
  });

  it('refuses what does not fit on the disk before it fetches anything', async () => {
    serve('openai/clip-vit', PARTS);
    const full = quickNetwork({ freeBytes: async () => 10e6 });
    const { code, message } = await failure(download({}, full));
    expect(code).toBe('disk-full');
    expect(message).toMatch(/needs 51 MB and the disk of .* has 10 MB free/);
    expect(server.requests.filter((request) => request.includes('resolve'))).toEqual([]);
  });

  it('says which folder cannot be made, before it fetches anything', async () => {
    serve('openai/clip-vit', PARTS);
    await writeFile(join(app.workspace.folder, 'models'), 'a file where the folder should be');
    const { code, message } = await failure(download());
    expect(code).toBe('disk-write');
    expect(message).toContain(join(app.workspace.folder, 'models', 'openai-clip-vit-'));
    expect(message).toMatch(/check the workspace's permissions, or choose another workspace/);
    expect(server.requests.filter((request) => request.includes('resolve'))).toEqual([]);
    const path = join(app.workspace.folder, 'picked by hand é.safetensors');
    await writeFile(path, 'weights');
    const { registerModel } = await import('../../../src/main/models/register-model.ts');
    expect((await registerModel(app, { path })).sha256).toBe(sha256(Buffer.from('weights')));
  });

  it('keeps nothing of what turns out to be no CLIP, and everything where the engine died', async () => {
    serve('openai/clip-vit', PARTS);
    refusal = new FaptError('engine-died', 'gone');
    expect((await failure(download())).code).toBe('engine-died');
    expect(await models()).toHaveLength(1);
    refusal = new FaptError('weights-foreign', 'no CLIP');
    expect((await failure(download())).code).toBe('weights-foreign');
    expect(await models()).toEqual([]);
  });

  it.each([
    ['openai/none', 'download-missing', /nothing at/],
    ['clip-vit', 'usage', /give OWNER\/NAME/],
    ['../../etc/passwd', 'usage', /give OWNER\/NAME/],
    ['../x', 'usage', /give OWNER\/NAME/],
  ])('%s is refused with a sentence', async (from, code, sentence) => {
    const error = await failure(download({ from }));
    expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) });
    expect(await models()).toEqual([]);
  });

  it('a repository without weights names what it has; a page that is no hub says so', async () => {
    serve('openai/clip-vit', { 'README.md': '' });
    expect((await failure(download())).message).toMatch(/holds no model\.safetensors.*README\.md/);
    const foreign = ['<html>', '{}', `{"sha":"${COMMIT}"}`, `x${'<html>'.repeat(2_000_000)}`];
    for (const answer of foreign) {
      server.files.set('/api/models/openai/clip-vit/revision/main', Buffer.from(answer));
      server.files.set(`/api/models/openai/clip-vit/tree/${COMMIT}`, Buffer.from('[{"path":1}]'));
      const { message } = await failure(download());
      expect(message).toMatch(/does not answer as the Hugging Face hub/);
    }
  });

  it('reads every page of a long listing, and no page of another server', async () => {
    serve('openai/clip-vit', PARTS);
    const tree = `/api/models/openai/clip-vit/tree/${COMMIT}`;
    const first = `${tree}?recursive=false&expand=false`;
    server.files.set(`${tree}?page=2`, server.files.get(tree) as Buffer);
    server.files.set(tree, Buffer.from('[]'));
    server.headers.set(first, { link: `<${server.url}${tree}?page=2>; rel="next"` });
    expect((await download()).sha256).toBe(sha256(Buffer.from('the weights')));
    server.headers.set(first, { link: `<http://localhost:1${tree}?page=2>; rel="next"` });
    expect((await failure(download({ name: 'other' }))).message).toMatch(/does not answer as/);
  });

  it('a name that is taken is refused before anything is fetched', async () => {
    serve('openai/clip-vit', PARTS);
    await writeFile(findModel(app.db, 'tiny')?.path ?? '', 'weights');
    expect((await failure(download({ name: 'tiny' }))).code).toBe('model-exists');
    expect(server.requests.filter((request) => request.includes('resolve'))).toEqual([]);
  });

  it('without any network it says so in one sentence', async () => {
    await server.close();
    const { code, message } = await failure(download());
    expect(code).toBe('offline');
    expect(message).toMatch(/cannot be reached \(ECONNREFUSED\).*fapt model add PATH/);
  });
});

describe('downloadModel from an address', () => {
  const weights = Buffer.from('PK\x03\x04 weights');

  it("checks the hash that OpenAI's addresses carry", async () => {
    server.files.set(`/clip/${sha256(weights)}/ViT-B-32.pt`, weights);
    const from = `${server.url}/clip/${sha256(weights)}/ViT-B-32.pt`;
    const row = await download({ from });
    expect(row.name).toBe('ViT-B-32');
    expect(await readdir(row.path)).toEqual(['model.safetensors']);
    const wrong = `/clip/${'0'.repeat(64)}/ViT-B-16.pt`;
    server.files.set(wrong, weights);
    expect((await failure(download({ from: `${server.url}${wrong}` }))).code).toBe(
      'checksum-mismatch',
    );
  });

  it('puts an image tower on its base', async () => {
    const path = join(app.workspace.folder, 'base.safetensors');
    await writeFile(path, 'base');
    const { registerModel } = await import('../../../src/main/models/register-model.ts');
    const base = await registerModel(app, { path });
    server.files.set('/tower.pt', weights);
    const row = await download({ from: `${server.url}/tower.pt`, base });
    expect(converted[0]).toMatchObject({ source: path });
    expect(row.report.origin).toMatchObject({
      source: `${server.url}/tower.pt`,
      role: 'image-tower',
      base: { name: 'base', sha256: base.sha256 },
    });
    // What was fetched has served its purpose.
    expect(await models()).toHaveLength(1);
  });

  it.each(['/page.html', '/', '/x', '/..%2F..%2Fescape.pt', '/..%5Cescape.pt'])(
    '%s is no weight file',
    async (path) => {
      expect((await failure(download({ from: `${server.url}${path}` }))).code).toBe('usage');
    },
  );
});

describe('nothing else', () => {
  it('uses the network: adding a local model asks nothing', async () => {
    const calls = vi.spyOn(globalThis, 'fetch');
    const { registerModel } = await import('../../../src/main/models/register-model.ts');
    const path = join(app.workspace.folder, 'local.safetensors');
    await writeFile(path, 'weights');
    expect((await registerModel(app, { path })).sha256).toBe(sha256(Buffer.from('weights')));
    expect(calls).not.toHaveBeenCalled();
    calls.mockRestore();
    await rm(path);
    expect(await readFile(path).catch(() => null)).toBeNull();
  });

  it('prefers safetensors, one file before shards', () => {
    const index = 'model.safetensors.index.json';
    const shard = 'model-00001-of-00001.safetensors';
    expect(chooseFiles(['model.safetensors', index, shard], 'r')).toEqual(['model.safetensors']);
    expect(chooseFiles([shard, index, 'pytorch_model.bin'], 'r')).toEqual([index, shard]);
  });

  it.each(['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'ECONNREFUSED'])('%s means offline', (code) => {
    const cause = Object.assign(new Error('x'), { code });
    expect(isUnreachable(new TypeError('fetch failed', { cause }))).toBe(true);
    expect(isUnreachable(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toBe(false);
  });
});
