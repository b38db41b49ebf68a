import { dialog, type IpcMainEvent, ipcMain, MessageChannelMain } from 'electron';
import { z } from 'zod';
import {
  PICK_FILE,
  PORT,
  PORT_WANTED,
  RESTART,
  SAVE_FILE,
} from '../../../shared/desktop-bridge.ts';
import type { PipePort } from '../../../shared/pipe-port.ts';
import { writeWhole } from '../../export/write-whole.ts';
import type { ApiServer } from '../serve-api.ts';

const pickSchema = z.strictObject({ kind: z.enum(['file', 'folder']), title: z.string().max(200) });
const saveSchema = z.strictObject({
  // A name without a folder: the dialog says where.
  name: z
    .string()
    .max(300)
    .regex(/^[^/\\]+$/),
  bytes: z.instanceof(Uint8Array),
});

/** Gives each page that asks a port to the application, the system's dialogs, and a restart. */
export function connectWindows(api: Pick<ApiServer, 'port'>, restart: () => void): void {
  ipcMain.on(PORT_WANTED, ({ senderFrame }: IpcMainEvent) => {
    if (!senderFrame) return;
    const { port1, port2 } = new MessageChannelMain();
    api.port(port1 as unknown as PipePort);
    port1.start();
    senderFrame.postMessage(PORT, null, [port2]);
  });
  ipcMain.on(RESTART, restart);
  ipcMain.handle(PICK_FILE, async (_event, options: unknown) => {
    const { kind, title } = pickSchema.parse(options);
    const property = kind === 'folder' ? 'openDirectory' : 'openFile';
    const { canceled, filePaths } = await dialog.showOpenDialog({ title, properties: [property] });
    return canceled ? null : (filePaths[0] ?? null);
  });
  ipcMain.handle(SAVE_FILE, async (_event, file: unknown) => {
    const { name, bytes } = saveSchema.parse(file);
    const { canceled, filePath } = await dialog.showSaveDialog({ defaultPath: name });
    if (canceled || !filePath) return null;
    await writeWhole(filePath, bytes);
    return filePath;
  });
}
