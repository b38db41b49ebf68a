import { Buffer } from 'node:buffer';

/** Pieces of a pickle, written independently of the program's reader (Python's pickletools). */
export const pickle = {
  global: (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`),
  text: (value: string) => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([Buffer.from('X'), length, bytes]);
  },
  int: (value: number) => {
    const bytes = Buffer.alloc(5);
    bytes[0] = 0x4a;
    bytes.writeInt32LE(value, 1);
    return bytes;
  },
  tuple: (...items: Uint8Array[]) => Buffer.concat([Buffer.from('('), ...items, Buffer.from('t')]),
  /** A whole pickle of protocol 2. */
  of: (...parts: Uint8Array[]) =>
    Buffer.concat([Buffer.from([0x80, 2]), ...parts, Buffer.from('.')]),
};
