import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createApiRouter } from '../../../src/main/api/contract/router.ts';
import { isToken } from '../../../src/main/hosts/web/access.ts';
import { type Channel, openSocket } from '../../../src/renderer/client/channel.ts';
import { createClient } from '../../../src/renderer/client/create-client.ts';
import { openTestHost, type TestHost } from '../fixtures/test-host.ts';
import { servePage, socketAddress, socketLike } from './connect.ts';

let test: TestHost;
let web: Awaited<ReturnType<typeof servePage>>;

beforeEach(async () => {
  test = await openTestHost(() => ({}));
  web = await servePage(createApiRouter(test.host));
});
afterEach(async () => {
  await web.dispose();
  await test.dispose();
});

const origin = () => `http://127.0.0.1:${web.port}`;

/** The status of the answer to an upgrade: 101 where it is granted. */
async function upgrade(address: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(address, { headers });
  // A refused socket reports its refusal as an error, too.
  socket.on('error', () => {});
  const answers = [
    once(socket, 'open').then(() => 101),
    once(socket, 'unexpected-response').then(([, response]) => response.statusCode as number),
  ];
  const status = await Promise.race(answers.map((answer) => answer.catch(() => -1)));
  socket.terminate();
  return status;
}

/** As `fetch`, which does not let another host be named. */
async function get(path: string, headers: Record<string, string> = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const asked = request({ host: '127.0.0.1', port: web.port, path, headers }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part) => (text += part));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
  });
  asked.on('error', reject).end();
  return promise;
}

describe('the page', () => {
  it('is served with a policy that lets in no foreign script', async () => {
    const response = await fetch(web.address);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('FAPT Studio');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'self'(;|$)/);
    expect(policy).toContain("connect-src 'self'");
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    const script = await fetch(`${origin()}/main.js`);
    expect(script.headers.get('content-type')).toMatch('text/javascript');
  });

  it.each([
    ['no token', '/', {}, 403],
    ['a wrong token', '/?token=abc', {}, 403],
    ['another host', '/main.js', { host: 'evil.example' }, 403],
    ['a path that leaves the folder', '/..%2f..%2fpackage.json', {}, 404],
    ['a file that is not there', '/nothing.js', {}, 404],
  ])('is refused for %s', async (_, path, headers: Record<string, string>, status) => {
    const answer = await get(path, headers);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain('FAPT Studio');
  });

  it('has another token at each start', async () => {
    const other = await servePage(createApiRouter(test.host));
    expect(other.address.split('token=')[1]).not.toBe(web.address.split('token=')[1]);
    expect(other.address.split('token=')[1]?.length).toBeGreaterThanOrEqual(32);
    await other.dispose();
  });

  it('names the port that is taken and what to do', async () => {
    const taken = servePage(createApiRouter(test.host), web.port);
    await expect(taken).rejects.toMatchObject({ code: 'port-taken' });
    await expect(taken).rejects.toThrow(`Port ${web.port} is taken`);
  });
});

describe('the token', () => {
  it('is compared whatever its length', () => {
    expect(isToken('secret', 'secret')).toBe(true);
    expect(isToken('secre', 'secret')).toBe(false);
    expect(isToken('', 'secret')).toBe(false);
    expect(isToken(null, '')).toBe(false);
  });
});

describe('the socket', () => {
  it('opens for the page of this server with its token', async () => {
    expect(await upgrade(socketAddress(web), { origin: origin() })).toBe(101);
  });

  it.each([
    ['another origin', 'http://evil.example', ''],
    ['no origin', undefined, ''],
    ['a page of another port', 'http://127.0.0.1:1', ''],
    ['a wrong token', null, '/api?token=wrong'],
    ['no token', null, '/api'],
    ['another path', null, '/other'],
  ])('is refused for %s', async (_, from, path) => {
    const address = path ? `ws://127.0.0.1:${web.port}${path}` : socketAddress(web);
    const headers = from === undefined ? {} : { origin: from ?? origin() };
    expect(await upgrade(address, headers as Record<string, string>)).toBe(403);
  });

  it('is refused under another host name', async () => {
    const headers = { origin: origin(), host: `evil.example:${web.port}` };
    expect(await upgrade(socketAddress(web), headers)).toBe(403);
  });
});

describe('two windows on one workspace', () => {
  it('see what the other does', async () => {
    globalThis.WebSocket = socketLike(origin());
    const [a, b] = [0, 1].map(() => createClient(() => openSocket(socketAddress(web))));
    if (!a || !b) throw new TypeError('two clients are made');
    const run = test.createRun();
    const { sequence } = await b.api.app.status();
    const wakeUps = await b.api.app.watch({ after: sequence });
    await a.api.runs.star({ run: run.id, starred: true });
    for await (const { topics } of wakeUps) if (topics.includes('runs')) break;
    const { runs } = await b.api.runs.list({ filter: { starred: true } });
    expect(runs.map(({ id }) => id)).toEqual([run.id]);
    a.close();
    expect((await b.api.runs.list({})).total).toBe(1);
    b.close();
  });

  it('connects again by itself where the connection broke', async () => {
    globalThis.WebSocket = socketLike(origin());
    let opened: Channel | undefined;
    const client = createClient(async () => {
      opened = await openSocket(socketAddress(web));
      return opened;
    });
    const states: string[] = [];
    client.onConnection((state) => states.push(state));
    await client.api.app.status();
    opened?.close();
    await expect.poll(() => states.length).toBe(6);
    expect(states).toEqual(['connecting', 'connecting', 'open', 'lost', 'connecting', 'open']);
    expect(await client.api.app.status()).toMatchObject({ queued: 0 });
    client.close();
  });
});
