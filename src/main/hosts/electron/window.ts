import { BrowserWindow, shell } from 'electron';
import type { BuiltParts } from './parts.ts';

/** Opens the window on the built page, shut off from Node. */
export function openWindow({ preload, page }: BuiltParts): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 860,
    minWidth: 640,
    minHeight: 480,
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
  if (developmentServer) void window.loadURL(developmentServer);
  else void window.loadFile(page);
  return window;
}

/** Brings the window to the front, as a second start of the application asks. */
export function showWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
