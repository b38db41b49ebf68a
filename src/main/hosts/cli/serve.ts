import type { Command } from 'commander';
import { z } from 'zod';
import { openAppHost } from '../../api/app-host.ts';
import { createApiRouter } from '../../api/contract/router.ts';
import { serveApi } from '../serve-api.ts';
import { builtPage } from '../web/build-page.ts';
import { openBrowser } from '../web/open-browser.ts';
import { startWebHost } from '../web.ts';
import type { Cli, CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { usageError } from './options.ts';

type ServeOptions = CommonOptions & { port: number; open?: boolean };

/** What `fapt serve --json` prints once the window can be opened. */
const servedSchema = z.strictObject({ address: z.string(), port: z.int(), workspace: z.string() });

/** Another process that owns the workspace is waited for this long. */
const WAIT_MS = 3000;

/** `fapt serve`: the window in a browser of this machine. */
export function registerServe(program: Command): void {
  addCommand(program, 'serve', 'the window in a browser of this machine')
    .option('--port <port>', 'port of 127.0.0.1 (default: a free one)', parsePort, 0)
    .option('--open', 'open it in the browser')
    .action(withCli(serve));
}

async function serve(cli: Cli, { port, open }: ServeOptions): Promise<void> {
  const folder = await builtPage(cli.note);
  const log = process.env.FAPT_DEBUG ? cli.note : undefined;
  const { note, workspace, interrupt } = cli;
  const host = await openAppHost({ workspace, waitMs: WAIT_MS, note, log });
  interrupt.onSecond(() => host.app.killEngine());
  try {
    const web = await startWebHost({ api: serveApi(createApiRouter(host)), folder, port });
    cli.print(`FAPT Studio: ${web.address}`);
    cli.emit(servedSchema, {
      address: web.address,
      port: web.port,
      workspace: host.app.workspace.folder,
    });
    if (open && !(await openBrowser(web.address))) note('No browser was found: open the address.');
    await raised(AbortSignal.any([interrupt.signal, host.app.signal]));
    await web.close();
  } finally {
    await host.close();
  }
}

function raised(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port < 65_536) return port;
  throw usageError(`--port must be a whole number from 0 to 65535, not "${text}".`);
}
