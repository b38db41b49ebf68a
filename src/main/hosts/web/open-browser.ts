import { spawn } from 'node:child_process';
import { platform } from 'node:os';

const OPENERS: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** An opener that has found no browser says so sooner. */
const GIVEN_UP_MS = 3000;

/** Opens an address in the person's browser. Answers false where there is none. */
export function openBrowser(address: string): Promise<boolean> {
  const [command, ...options] = OPENERS[platform()] ?? ['xdg-open'];
  return new Promise((resolve) => {
    const child = spawn(command, [...options, address], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
    // Some openers live as long as the browser does.
    setTimeout(() => resolve(true), GIVEN_UP_MS).unref();
    child.unref();
  });
}
