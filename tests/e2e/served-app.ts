import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noChoice } from '../main/fixtures/no-choice.ts';
import { type RunningCli, startCli } from '../main/hosts/run-cli.ts';
import { onlyOne } from './only-one.ts';
import { writeTinyPack } from './tiny-pack.ts';

/** `fapt serve` on a workspace of its own, as a process of its own. */
export type ServedApp = {
  address: string;
  folder: string;
  workspace: string;
  /** Environment of `fapt` on this workspace. */
  env: NodeJS.ProcessEnv;
  close(): Promise<void>;
};

export type ServedAppOptions = {
  /** Fills the workspace by other commands before the window is served. */
  prepare?: (workspace: string, env: NodeJS.ProcessEnv, folder: string) => Promise<void>;
  /** The demo pack; the tiny one where none is given. */
  resources?: string;
};

export async function serveApp({ prepare, resources }: ServedAppOptions = {}): Promise<ServedApp> {
  const folder = await mkdtemp(join(tmpdir(), 'fapt-e2e-'));
  const workspace = join(folder, 'workspace');
  const pack = resources ?? join(folder, 'resources');
  if (!resources) await writeTinyPack(pack);
  // The page as people get it: under a test runner Vue's development build would be taken.
  const env = { FAPT_RESOURCES: pack, NODE_ENV: 'production', ...noChoice(folder) };
  await prepare?.(workspace, env, folder);
  // The first start builds the page where it is not current: two builds at once would mix.
  const { running, address } = await onlyOne('build', async () => {
    const started = startCli(workspace, ['serve', '--json'], env);
    return { running: started, address: await addressOf(started) };
  });
  return {
    address,
    folder,
    workspace,
    env,
    async close() {
      running.child.kill('SIGINT');
      await running.done;
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** Where `fapt serve --json` says that it is. */
export function addressOf({ child, done }: RunningCli): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: string) => {
      text += chunk;
      const found = /"address":\s*"([^"]+)"/.exec(text)?.[1];
      if (found) resolve(found);
    });
    void done.then(({ stderr }) => reject(new Error(`fapt serve ended: ${stderr}`)));
  });
}
