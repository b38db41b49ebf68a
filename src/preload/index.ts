import { contextBridge, ipcRenderer, webUtils } from 'electron';
import {
  DESKTOP,
  type DesktopBridge,
  PICK_FILE,
  PORT,
  PORT_WANTED,
  RESTART,
  SAVE_FILE,
} from '../shared/desktop-bridge.ts';

/**
 * The bridge of the Electron window: one port to the application, the system's dialogs by name, and a
 * restart. Nothing else of Electron or Node is exposed to the page.
 */
const bridge: DesktopBridge = {
  pickFile: (options) => ipcRenderer.invoke(PICK_FILE, options),
  saveFile: (file) => ipcRenderer.invoke(SAVE_FILE, file),
  pathOf: (file) => webUtils.getPathForFile(file),
  restart: () => ipcRenderer.send(RESTART),
};
contextBridge.exposeInMainWorld(DESKTOP, bridge);

window.addEventListener('message', ({ source, data }) => {
  if (source === window && data === PORT_WANTED) ipcRenderer.send(PORT_WANTED);
});

ipcRenderer.on(PORT, ({ ports }) => window.postMessage(PORT, '*', ports));
