import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  bytesThere,
  downloadFile,
  type RemoteFile,
} from '../../../src/main/models/download-file.ts';
import { type FileServer, quickNetwork, startFileServer } from './file-server.ts';

const CONTENT = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251));
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

let server: FileServer;
let folder: string;
let target: string;
let file: RemoteFile;

beforeEach(async () => {
  server = await startFileServer();
  server.files.set('/m.safetensors', CONTENT);
  folder = await mkdtemp(join(tmpdir(), 'fapt-download-'));
  target = join(folder, 'gewichte é', 'm.safetensors');
  file = {
    url: `${server.url}/m.safetensors`,
    sizeBytes: CONTENT.length,
    checksum: { kind: 'sha256', value: sha256(CONTENT) },
    tag: null,
  };
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const download = (changes: Parameters<typeof quickNetwork>[0] = {}, signal?: AbortSignal) =>
  downloadFile(file, target, {
    signal: signal ?? new AbortController().signal,
    onBytes: () => server.cut(),
    network: quickNetwork(changes),
  });
const refusal = async (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error('it was not refused');
    },
    (error: { code: string; message: string }) => error,
  );
const left = async () => (await readdir(join(folder, 'gewichte é'))).sort();

describe('downloadFile', () => {
  it('fetches a file and says how far it is', async () => {
    const seen: number[] = [];
    await downloadFile(file, target, {
      signal: new AbortController().signal,
      onBytes: (done) => seen.push(done),
      network: quickNetwork(),
    });
    expect(await readFile(target)).toEqual(CONTENT);
    expect(seen.at(-1)).toBe(CONTENT.length);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(await left()).toEqual(['m.safetensors']);
  });

  it('asks for nothing where the file is there', async () => {
    await download();
    server.requests.length = 0;
    await download();
    expect(server.requests).toEqual([]);
  });

  it('goes on after a dropped connection from where it was', async () => {
    server.faults.set('/m.safetensors', [
      { kind: 'drop', after: 100_000 },
      { kind: 'drop', after: 50_000 },
    ]);
    await download();
    expect(await readFile(target)).toEqual(CONTENT);
    const ranges = server.requests.map((request) => Number(/bytes=(\d+)/.exec(request)?.[1] ?? 0));
    expect(ranges[0]).toBe(0);
    expect(ranges).toHaveLength(3);
    expect(ranges[1]).toBeGreaterThan(0);
    expect(ranges[2]).toBeGreaterThan(ranges[1] as number);
  });

  it('starts again where the server knows no ranges', async () => {
    server.ranges = false;
    server.faults.set('/m.safetensors', [{ kind: 'drop', after: 100_000 }]);
    await download();
    expect(await readFile(target)).toEqual(CONTENT);
  });

  it('goes on after a server that sends nothing any more', async () => {
    server.faults.set('/m.safetensors', [{ kind: 'hang', after: 100_000 }]);
    // Impatient once the first answer has begun, and never again: a slow machine is no server that hangs.
    const network = quickNetwork({
      fetch: async (...request) => {
        const response = await fetch(...request);
        if (server.requests.length === 1) network.stallMs = 100;
        return response;
      },
      pauseMs: () => {
        network.stallMs = 60_000;
        return 1;
      },
    });
    const { signal } = new AbortController();
    await downloadFile(file, target, { signal, onBytes: () => {}, network });
    expect(await readFile(target)).toEqual(CONTENT);
    expect(server.requests).toHaveLength(2);
  });

  it('follows a redirect, and asks again of a busy server', async () => {
    server.files.set('/elsewhere', CONTENT);
    server.faults.set('/m.safetensors', [
      { kind: 'status', status: 503 },
      { kind: 'redirect', to: '/elsewhere' },
    ]);
    await download();
    expect(await readFile(target)).toEqual(CONTENT);
    expect(server.requests.at(-1)).toBe('GET /elsewhere');
  });

  it('gives up a server that never gets through, and keeps what came', async () => {
    const drop = { kind: 'drop', after: 0 } as const;
    server.faults.set('/m.safetensors', [{ kind: 'drop', after: 100_000 }, drop, drop, drop, drop]);
    const { code, message } = await refusal(download());
    expect(code).toBe('download-failed');
    expect(message).toMatch(/did not get through.*0\.\d MB of 0\.3 MB are kept/);
    expect(await bytesThere(file, target)).toBeGreaterThan(0);
    expect(await left()).toEqual([expect.stringMatching(/^m\.safetensors\.[0-9a-f]{12}\.part$/)]);
  });

  it('a stop keeps the part, and the next call goes on from it', async () => {
    server.faults.set('/m.safetensors', [{ kind: 'hang', after: 100_000 }]);
    const stop = new AbortController();
    const work = downloadFile(file, target, {
      signal: stop.signal,
      onBytes: () => stop.abort(),
      network: quickNetwork(),
    });
    const { code, message } = await refusal(work);
    expect(code).toBe('stopped');
    expect(message).toMatch(/^Stopped: 0\.\d MB of 0\.3 MB are kept/);
    const kept = await bytesThere(file, target);
    expect(kept).toBeGreaterThan(0);
    await download();
    expect(server.requests.at(-1)).toBe(`GET /m.safetensors bytes=${kept}-`);
    expect(await readFile(target)).toEqual(CONTENT);
  });

  it('throws a file with a wrong checksum away, and says both', async () => {
    const wrong = Buffer.from(CONTENT);
    wrong[1234] = 255;
    server.files.set('/m.safetensors', wrong);
    const { code, message } = await refusal(download());
    expect(code).toBe('checksum-mismatch');
    expect(message).toContain(sha256(wrong));
    expect(message).toContain(sha256(CONTENT));
    expect(await left()).toEqual([]);
  });

  it("compares git's own hash of small files", async () => {
    const small = Buffer.from('{"a": 1}\n');
    server.files.set('/config.json', small);
    // `git hash-object` of this file.
    const value = createHash('sha1').update(`blob 9\0{"a": 1}\n`).digest('hex');
    const config = { url: `${server.url}/config.json`, sizeBytes: 9, tag: null };
    const fetchIt = (hash: string) =>
      downloadFile({ ...config, checksum: { kind: 'git-sha1', value: hash } }, join(folder, 'c'), {
        signal: new AbortController().signal,
        onBytes: () => {},
        network: quickNetwork(),
      });
    expect((await refusal(fetchIt('0'.repeat(40)))).code).toBe('checksum-mismatch');
    await fetchIt(value);
    expect(await readFile(join(folder, 'c'))).toEqual(small);
  });

  it.each([
    ['longer', CONTENT.length - 1],
    ['shorter', CONTENT.length + 1],
  ])('refuses a file that is %s than announced', async (_, sizeBytes) => {
    file = { ...file, sizeBytes };
    expect((await refusal(download())).code).toMatch(/checksum-mismatch|download-failed/);
    expect(await left()).not.toContain('m.safetensors');
  });

  it('never takes the part of another file for this one', async () => {
    server.faults.set('/m.safetensors', [{ kind: 'hang', after: 100_000 }]);
    const stop = new AbortController();
    await downloadFile(file, target, {
      signal: stop.signal,
      onBytes: () => stop.abort(),
      network: quickNetwork(),
    }).catch(() => {});
    const other = Buffer.from(CONTENT).reverse();
    server.files.set('/m.safetensors', other);
    file = { ...file, checksum: { kind: 'sha256', value: sha256(other) } };
    await download();
    expect(server.requests.at(-1)).toBe('GET /m.safetensors');
    expect(await readFile(target)).toEqual(other);
  });

  it.each([
    [404, 'download-missing', /check the name/],
    [403, 'download-refused', /signed-in people/],
  ])('an answer %i is told at once', async (status, code, sentence) => {
    server.faults.set('/m.safetensors', [{ kind: 'status', status }]);
    expect(await refusal(download())).toMatchObject({
      code,
      message: expect.stringMatching(sentence),
    });
    expect(server.requests).toHaveLength(1);
  });

  it('no network at all is one plain sentence', async () => {
    await server.close();
    const { code, message } = await refusal(download());
    expect(code).toBe('offline');
    expect(message).toMatch(
      /^127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\): .*fapt model add PATH/,
    );
  });

  it('a folder that cannot be written to is named', async () => {
    await writeFile(join(folder, 'plain'), '');
    target = join(folder, 'plain', 'm.safetensors');
    expect(await refusal(download())).toMatchObject({
      code: 'disk-write',
      message: expect.stringContaining(target),
    });
    expect(server.requests).toEqual([]);
  });
});
