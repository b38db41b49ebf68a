import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';

/** What the double was asked to do, by name, in order. */
export const asked: [string, ...unknown[]][] = [];
const tell =
  (name: string) =>
  (...values: unknown[]): void => {
    asked.push([name, ...values]);
  };
export const askedFor = (name: string) => asked.filter(([other]) => other === name);

/** Answers that a test gives in place of a person. */
export const answers = {
  messageBox: 0,
  files: ['/chosen'],
  saveTo: null as string | null,
  focused: true,
};

class WebContents extends EventEmitter {
  openHandler: ((details: { url: string }) => unknown) | null = null;
  setWindowOpenHandler(handler: (details: { url: string }) => unknown) {
    this.openHandler = handler;
  }
  isLoading = () => false;
  executeJavaScript = async (script: string) => tell('script')(script);
}

export class BrowserWindow extends EventEmitter {
  static all: BrowserWindow[] = [];
  options: Record<string, unknown>;
  webContents = new WebContents();
  #isVisible = true;
  #isDestroyed = false;
  constructor(options: Record<string, unknown>) {
    super();
    this.options = options;
    BrowserWindow.all.push(this);
  }
  isMinimized = () => false;
  isDestroyed = () => this.#isDestroyed;
  isVisible = () => this.#isVisible;
  isFocused = () => answers.focused;
  show() {
    this.#isVisible = true;
    tell('show')();
  }
  hide() {
    this.#isVisible = false;
    tell('hide')();
  }
  focus = tell('focus');
  restore = tell('restore');
  setProgressBar = tell('progress');
  loadFile = async (file: string) => tell('load')(file);
  loadURL = async (url: string) => tell('load')(url);
  /** As a person closes it; answers whether it was let go. */
  close(): boolean {
    let isPrevented = false;
    this.emit('close', { preventDefault: () => (isPrevented = true) });
    if (isPrevented) return false;
    this.#isDestroyed = true;
    this.emit('closed');
    return true;
  }
}

class App extends EventEmitter {
  isPackaged = false;
  requestSingleInstanceLock = () => true;
  setAsDefaultProtocolClient = tell('protocol');
  setAboutPanelOptions = tell('about');
  whenReady = async () => {};
  relaunch = tell('relaunch');
  quit() {
    tell('quit')();
    let isPrevented = false;
    this.emit('before-quit', { preventDefault: () => (isPrevented = true) });
    if (!isPrevented) tell('ended')();
  }
}

export const app = new App();
export const ipcMain = Object.assign(new EventEmitter(), {
  handlers: new Map<string, (event: unknown, options: unknown) => unknown>(),
  handle(channel: string, handler: (event: unknown, options: unknown) => unknown) {
    ipcMain.handlers.set(channel, handler);
  },
});
type PermissionHandler = (a: unknown, b: string, answer: (granted: boolean) => void) => void;
export const session = {
  defaultSession: {
    permissions: null as PermissionHandler | null,
    setPermissionRequestHandler(handler: PermissionHandler | null): void {
      session.defaultSession.permissions = handler;
    },
  },
};
export const shell = { openExternal: tell('external'), openPath: tell('path') };
export const dialog = {
  showErrorBox: tell('error'),
  async showMessageBox(...given: unknown[]) {
    tell('question')(given.at(-1));
    return { response: answers.messageBox };
  },
  async showOpenDialog(options: unknown) {
    tell('pick')(options);
    return { canceled: answers.files.length === 0, filePaths: answers.files };
  },
  async showSaveDialog(options: unknown) {
    tell('save')(options);
    return { canceled: answers.saveTo === null, filePath: answers.saveTo ?? '' };
  },
};
export const Menu = {
  buildFromTemplate: (template: unknown) => template,
  setApplicationMenu: tell('menu'),
};
export const powerSaveBlocker = {
  start: (kind: string) => {
    tell('awake')(kind);
    return 7;
  },
  stop: tell('asleep'),
};
export class Notification {
  static isSupported = () => true;
  #options: unknown;
  constructor(options: unknown) {
    this.#options = options;
  }
  show = () => tell('notification')(this.#options);
}
/** Node's own pair of ports stands for Electron's. */
export class MessageChannelMain extends MessageChannel {}
