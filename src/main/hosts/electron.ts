import { app, type BrowserWindow, session } from 'electron';
import { type AppHost, openAppHost } from '../api/app-host.ts';
import { createApiRouter } from '../api/contract/router.ts';
import { askBeforeClose, stopAndKeep } from './electron/ask-before-close.ts';
import { connectWindows } from './electron/connect-windows.ts';
import { followWork } from './electron/follow-work.ts';
import { addressOf, linkAmong } from './electron/links.ts';
import { setUpMenu } from './electron/menu.ts';
import { openHost } from './electron/open-host.ts';
import { builtParts } from './electron/parts.ts';
import { openWindow, showWindow } from './electron/window.ts';
import { serveApi } from './serve-api.ts';

const packaged = app.isPackaged ? process.resourcesPath : null;
const parts = builtParts(import.meta.dirname, packaged);
/** Another process that owns the workspace is waited for this long. */
const WAIT_MS = 3000;

let window: BrowserWindow | null = null;
let host: AppHost | null = null;
/** A link that came before there was a window. */
let waiting: string | null = linkAmong(process.argv.slice(1));
/** The person was asked what becomes of the job at work. */
let isDecided = false;
let isEnding = false;
/** It starts again once it has ended. */
let isRestarting = false;

function show(): void {
  if (window && !window.isDestroyed()) {
    showWindow(window);
    return;
  }
  const opened = openWindow(parts);
  window = opened;
  opened.on('close', (event) => {
    if (isDecided || !host?.queue.busy()) return;
    event.preventDefault();
    void closeDuringWork(host, opened);
  });
  opened.on('closed', () => {
    window = null;
  });
  opened.webContents.once('did-finish-load', () => {
    if (waiting !== null) follow(waiting);
    waiting = null;
  });
}

async function closeDuringWork(open: AppHost, closing: BrowserWindow): Promise<void> {
  const choice = await askBeforeClose(open, closing);
  if (choice !== 'stop-and-keep') isRestarting = false;
  if (choice === 'cancel') return;
  if (choice === 'keep-running') return closing.hide();
  await stopAndKeep(open);
  isDecided = true;
  app.quit();
}

/** Ends as a person ends it, with the question that a job at work asks, and starts again. */
function restart(): void {
  isRestarting = true;
  app.quit();
}

function relaunch(): void {
  // What an AppImage runs from is gone with it; it is started by the image itself.
  const { APPIMAGE } = process.env;
  app.relaunch(APPIMAGE ? { execPath: APPIMAGE } : {});
}

/** Goes to what a link or a file means. */
function follow(link: string): void {
  const address = addressOf(link);
  if (address === null || !window) return;
  showWindow(window);
  // JSON of a string is a script's string too.
  void window.webContents.executeJavaScript(`location.hash = ${JSON.stringify(address)}`);
}

function openLink(link: string): void {
  if (window && !window.webContents.isLoading()) follow(link);
  else waiting = link;
}

function setUpSingleInstance(): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', (_event, args) => {
    show();
    const link = linkAmong(args.slice(1));
    if (link !== null) openLink(link);
  });
  return true;
}

function setUpLinks(): void {
  app.setAsDefaultProtocolClient('fapt');
  app.on('open-url', (event, url) => {
    event.preventDefault();
    openLink(url);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    openLink(path);
  });
}

/** The page needs no permission of the system, so none is ever granted. */
function setUpPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) =>
    answer(false),
  );
}

function setUpEnd(open: AppHost, following: AbortController): void {
  app.on('activate', show);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('before-quit', (event) => {
    if (isEnding) return;
    event.preventDefault();
    if (open.queue.busy() && !isDecided && window) {
      show();
      void closeDuringWork(open, window);
      return;
    }
    // The work is held at its next step before the process ends.
    isEnding = true;
    isDecided = true;
    following.abort();
    void open.close().finally(() => {
      if (isRestarting) relaunch();
      app.quit();
    });
  });
}

async function main(): Promise<void> {
  if (!setUpSingleInstance()) return app.quit();
  setUpLinks();
  await app.whenReady();
  process.env.FAPT_RESOURCES ??= parts.resources;
  setUpPermissions();
  const { engineEntry } = parts;
  host = await openHost(() => openAppHost({ workspace: null, waitMs: WAIT_MS, engineEntry }));
  if (!host) return app.quit();
  const following = new AbortController();
  connectWindows(serveApi(createApiRouter(host)), restart);
  setUpMenu(host.app.workspace.folder, show);
  setUpEnd(host, following);
  show();
  // Work that was kept running without a window is done: nobody needs the process any more.
  const onIdle = () => {
    if (window && !window.isVisible()) app.quit();
  };
  await followWork(host, { windowOf: () => window, onIdle, signal: following.signal });
}

void main();
