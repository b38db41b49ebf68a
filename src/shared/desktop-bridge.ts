/** What the Electron window has and a browser has not: dialogs of the system, by name, and a restart. */
export type DesktopBridge = {
  /** The chosen file's or folder's absolute path; null where the person thought better of it. */
  pickFile(options: { kind: 'file' | 'folder'; title: string }): Promise<string | null>;
  /** Asks where to put a file and writes it; null where the person thought better of it. */
  saveFile(file: { name: string; bytes: Uint8Array }): Promise<string | null>;
  /** Where a file lies that was dropped on the window. */
  pathOf(file: File): string;
  /** Ends the application, after the question that a job at work asks, and starts it again. */
  restart(): void;
};

/** The name it has in the page. */
export const DESKTOP = 'faptDesktop';
/** Sent by the page to ask for a port, and by the preload script with the port. */
export const PORT_WANTED = 'fapt-port-wanted';
export const PORT = 'fapt-port';
/** Electron's channels for the dialogs and the restart. */
export const PICK_FILE = 'fapt-pick-file';
export const SAVE_FILE = 'fapt-save-file';
export const RESTART = 'fapt-restart';
