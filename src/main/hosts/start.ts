import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** `npm start`: the Electron window, or the same window in the browser where Electron is not there. */

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Electron's binary, if it was fetched when the package was installed. Asking the package would fetch it. */
function electronBinary(): string | null {
  const folder = join(root, 'node_modules', 'electron');
  const told = join(folder, 'path.txt');
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist');
  if (!existsSync(told)) return null;
  const binary = join(dist, readFileSync(told, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}

function start(command: string, args: string[]): void {
  const child = spawn(command, args, { stdio: 'inherit' });
  // The child decides when all is over; it takes the echo of a terminal's own Ctrl-C for one.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
}

const electron = electronBinary();
if (electron) {
  const build = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const built = spawnSync(process.execPath, [build, 'build'], { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) process.exit(built.status ?? 1);
  start(electron, [root, ...process.argv.slice(2)]);
} else {
  console.error("Electron's binary is not installed here, so the window opens in the browser.");
  const cli = join(root, 'src', 'main', 'hosts', 'cli.ts');
  start(process.execPath, [cli, 'serve', '--open', ...process.argv.slice(2)]);
}
