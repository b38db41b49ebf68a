import { crc32, deflateRawSync } from 'node:zlib';

export type ZipEntry = {
  /** Bytes where they are in an encoding of their own; only a text is marked as UTF-8. */
  name: string | Buffer;
  content: Uint8Array | string;
  /** Unix mode with the file's type, as in 0o120777 for a link. */
  mode?: number;
  encrypted?: boolean;
  /** What the directory says instead of the real size. */
  claimedSize?: number;
  /** What the directory says instead of the real sum. */
  claimedSum?: number;
  /** What the directory says instead of 8, which is deflated. */
  method?: number;
};

/** A zip of these entries, with whatever names and sizes they claim. */
export function makeZip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const content = Buffer.from(entry.content);
    const packed = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    const isMarked = typeof entry.name === 'string';
    common.writeUInt16LE((isMarked ? 0x800 : 0) | (entry.encrypted ? 1 : 0), 2);
    common.writeUInt16LE(entry.method ?? 8, 4);
    common.writeUInt32LE(entry.claimedSum ?? crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(entry.claimedSize ?? content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    const madeBy = Buffer.from([20, 3]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), madeBy, common, rest, name]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
