import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../src/main/hosts/cli.ts', import.meta.url));

export type CliResult = {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Stdout as the one JSON document it must be. */
  json: () => Record<string, unknown>;
};

export type RunningCli = {
  child: ChildProcess;
  done: Promise<CliResult>;
  /** Waits until this stands on stderr, however long it takes. Rejects where `fapt` ends before. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
};

/** Starts `fapt` with a workspace of its own, as a person's shell does. */
export function startCli(
  workspace: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): RunningCli {
  const { npm_lifecycle_event: _, INIT_CWD: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...inherited, FAPT_WORKSPACE: workspace, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const done = new Promise<CliResult>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr, json: () => JSON.parse(stdout) }));
  });
  const said = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(stderr);
        if (found) resolve(found);
      };
      child.stderr.on('data', look);
      look();
      void done.then(() => reject(new Error(`fapt ended before it said ${pattern}: ${stderr}`)));
    });
  return { child, done, said };
}

/** Runs `fapt` to its end. */
export function runCli(workspace: string, args: string[], env?: NodeJS.ProcessEnv) {
  return startCli(workspace, args, env).done;
}

/** `stage: 3/18, 5 s left`: written of whatever takes more than five seconds. */
const PROGRESS = /^[^:]+: [\d.]+\/[\d.]+(, |$)/;

/** The sentences a person reads on stderr, without progress. */
export function sentences({ stderr }: CliResult): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !PROGRESS.test(line));
}
