import { join } from 'node:path';
import { app, BrowserWindow, session, shell } from 'electron';

/** Where electron-vite's build puts the three parts, seen from `out/main`. */
const preload = join(import.meta.dirname, '../preload/index.cjs');
const page = join(import.meta.dirname, '../renderer/index.html');

function setUpSingleInstance(): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  return true;
}

/** The page needs no permission of the system, so none is ever granted. */
function setUpPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) =>
    answer(false),
  );
}

function openWindow(): void {
  const window = new BrowserWindow({
    width: 960,
    height: 720,
    show: false,
    webPreferences: { preload, contextIsolation: true, sandbox: true, nodeIntegration: false },
  });
  window.once('ready-to-show', () => window.show());
  // The window stays on its own page; a web address opens in the person's browser.
  window.webContents.on('will-navigate', (event) => event.preventDefault());
  window.webContents.setWindowOpenHandler(({ url }) => {
    if (url.startsWith('https://')) void shell.openExternal(url);
    return { action: 'deny' };
  });
  const developmentServer = process.env.ELECTRON_RENDERER_URL;
  if (developmentServer && !app.isPackaged) void window.loadURL(developmentServer);
  else void window.loadFile(page);
}

async function main(): Promise<void> {
  if (!setUpSingleInstance()) return app.quit();
  await app.whenReady();
  setUpPermissions();
  openWindow();
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
}

void main();
