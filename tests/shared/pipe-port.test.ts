import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { expect, it, vi } from 'vitest';
import { startEngine } from '../../src/main/engine/start-engine.ts';
import { ipcPort } from '../../src/shared/pipe-port.ts';

vi.mock('node:child_process', { spy: true });

const gone = new Error('the process is gone');
const entry = fileURLToPath(new URL('./blob-process.ts', import.meta.url));

function connect() {
  const child = fork(entry, [], { serialization: 'advanced' });
  const link = new RPCLink({ port: ipcPort(child, () => gone) });
  const client: { bytes(): Promise<Blob> } = createORPCClient(link);
  return { child, client };
}

it('carries bytes between processes as they are', async () => {
  const { child, client } = connect();
  const blob = await client.bytes();
  expect([...new Uint8Array(await blob.arrayBuffer())]).toEqual([0, 255, 128, 10]);
  child.kill();
});

it('refuses a call to a process that is gone, which would wait for ever', async () => {
  const { child, client } = connect();
  await client.bytes();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  await expect(client.bytes()).rejects.toThrow('the process is gone');
});

it('is how the engine is started: with JSON, bytes would crash this process', async () => {
  vi.mocked(fork).mockClear();
  const engine = startEngine({ nodePath: process.execPath, environment: {}, entry });
  const [, , options] = vi.mocked(fork).mock.calls[0] ?? [];
  expect(options).toMatchObject({ serialization: 'advanced', execPath: process.execPath });
  await engine.stop();
});
