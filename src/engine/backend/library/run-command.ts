import { spawn } from 'node:child_process';

export type CommandResult = {
  /** Exit code, or null where the program could not be started or was ended by a signal. */
  code: number | null;
  signal: NodeJS.Signals | null;
  /** True where there is no such program. */
  missing: boolean;
  stdout: string;
  stderr: string;
};

export type CommandOptions = {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  timeoutMs?: number;
};

/** Runs a program to its end without a shell; never rejects, the result says what happened. */
export function runCommand(
  program: string,
  args: string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.timeoutMs ? { timeout: options.timeoutMs, killSignal: 'SIGKILL' } : {}),
    });
    const result: CommandResult = {
      code: null,
      signal: null,
      missing: false,
      stdout: '',
      stderr: '',
    };
    child.stdout.on('data', (chunk) => (result.stdout += chunk));
    child.stderr.on('data', (chunk) => (result.stderr += chunk));
    child.on('error', (error: NodeJS.ErrnoException) => {
      result.missing = error.code === 'ENOENT';
      result.stderr += error.message;
      resolve(result);
    });
    child.on('close', (code, signal) => resolve({ ...result, code, signal }));
  });
}

/** The last line of a program's complaint, for use inside one sentence. */
export function lastLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').at(-1) ?? 'it said nothing';
}
