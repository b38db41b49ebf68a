import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { messageOf } from '../../shared/errors.ts';
import { sha256OfBytes } from '../workspace/hash.ts';

export type Picture = {
  sizeBytes: number;
  sha256: string;
  /** Told by the content, not by the name. */
  contentType: string;
  width: number;
  height: number;
};

const PICTURE_FORMATS = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif', 'jp2', 'ppm']);

/** Below this many pixels decoding is as cheap as reading, so the whole picture is tried. */
const DECODE_ALWAYS_BELOW = 300_000;

/** Reads a file as a picture; a string says why it is none. */
export async function readPicture(path: string): Promise<Picture | string> {
  try {
    const bytes = await readFile(path);
    if (bytes.byteLength === 0) return 'the file is empty';
    const { format, width, height } = await sharp(bytes).metadata();
    if (!format || !PICTURE_FORMATS.has(format)) return `it is ${format ?? 'no picture'}`;
    if (!width || !height) return 'it has no width or height';
    if (width * height < DECODE_ALWAYS_BELOW || !looksComplete(format, bytes)) {
      await decode(bytes);
    }
    return {
      sizeBytes: bytes.byteLength,
      sha256: sha256OfBytes(bytes),
      contentType: `image/${format}`,
      width,
      height,
    };
  } catch (error) {
    return messageOf(error).split('\n')[0] ?? 'it cannot be decoded';
  }
}

/** The metadata of a picture that was cut off is whole; this tells it by the end of the file. */
function looksComplete(format: string, bytes: Buffer): boolean {
  const tail = bytes.subarray(-1024);
  if (format === 'jpeg') return tail.includes(Buffer.from([0xff, 0xd9]));
  if (format === 'png') return tail.includes('IEND');
  return false;
}

/** Decodes every row; throws where the data are damaged or cut off. */
async function decode(bytes: Buffer): Promise<void> {
  await sharp(bytes, { failOn: 'error' }).raw().toBuffer();
}
