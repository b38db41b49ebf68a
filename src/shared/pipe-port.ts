/** The half of a MessagePort that the RPC library needs: its `on`-style variant. */
export type PipePort = {
  postMessage(data: unknown): void;
  on<T extends string>(event: T, listener: (event?: { data: unknown }) => void): void;
};

/** What `process` (in a child) and `ChildProcess` (in its parent) have in common. */
export type IpcPeer = {
  connected: boolean;
  send?(message: unknown, callback: (error: Error | null) => void): boolean;
  on(event: string, listener: (...values: never[]) => void): unknown;
};

/**
 * Makes a MessagePort of one end of a child process's IPC channel. Posting to a peer that is gone
 * throws: without that, a call would wait for ever. Fork with `serialization: 'advanced'`.
 */
export function ipcPort(peer: IpcPeer, gone: () => Error): PipePort {
  return {
    postMessage(data) {
      if (!peer.connected || !peer.send) throw gone();
      // A send that fails later means the channel closed, which `disconnect` reports to all.
      peer.send(data, () => {});
    },
    on(event, listener) {
      if (event === 'message') peer.on('message', (data: unknown) => listener({ data }));
      if (event === 'close') peer.on('disconnect', () => listener());
    },
  };
}
