import { runCli } from '../main/hosts/run-cli.ts';

/** Two methods tuned on the tiny pack, one attacked, one tagged by a note; a few seconds. */
export async function addRuns(workspace: string, env: NodeJS.ProcessEnv): Promise<void> {
  const common = ['--dataset', 'demo-mammals', '--model', 'demo-clip', '--shots', '2'];
  const short = ['--set', 'epochs=2', '--set', 'attack.epsilon=8/255', '--steps', '3'];
  for (const method of ['fap', 'cba-fapt']) {
    await fapt(workspace, env, 'run', '--method', method, ...common, ...short);
  }
}

/** Runs `fapt` and answers with what it printed. @throws Error where it failed */
export async function fapt(workspace: string, env: NodeJS.ProcessEnv, ...args: string[]) {
  const result = await runCli(workspace, [...args, '--json'], env);
  if (result.code !== 0) throw new Error(`fapt ${args.join(' ')}: ${result.stderr}`);
  return result.json();
}
