import { os } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { ipcPort } from '../../src/shared/pipe-port.ts';

/** A child process whose one call answers with bytes as they are. */
const router = { bytes: os.handler(() => new Blob([Uint8Array.from([0, 255, 128, 10])])) };
new RPCHandler(router).upgrade(ipcPort(process, () => new Error('gone')));
process.on('disconnect', () => process.exit(0));
