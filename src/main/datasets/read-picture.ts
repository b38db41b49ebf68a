import { open, stat } from 'node:fs/promises';
import sharp, { type Metadata } from 'sharp';
import { messageOf } from '../../shared/errors.ts';
import type { PictureFacts } from '../store/images.ts';
import { sha256OfBytes } from '../workspace/hash.ts';
import { oneAtATime } from './concurrently.ts';
import { perceptualHash } from './perceptual-hash.ts';
import type { ProblemKind } from './problems.ts';
import { type PictureType, sniffPicture, typeOfEnding } from './sniff-picture.ts';

/** Something about a picture that a person should know, and what is made of it. */
export type PictureNote = { kind: ProblemKind; what: string };

export type Picture = { [Key in keyof PictureFacts]: NonNullable<PictureFacts[Key]> } & {
  perceptualHash: string | null;
  notes: PictureNote[];
};

/** Why a file is not used. */
export type RefusedPicture = { refused: 'unreadable' | 'enormous'; reason: string };

/** What one picture may cost: an interlaced one is held whole while it is decoded. */
const MOST_BYTES = 256 * 2 ** 20;
const MOST_PIXELS = 120_000_000;
/** JPEG's own limit. A side of millions, which a damaged header may claim, takes gigabytes to shrink. */
const MOST_SIDE = 65_535;
/** Larger pictures are decoded one at a time. */
const MANY_PIXELS = 16_000_000;

/** Formats that cannot be decoded here, with what a person can do. */
const NOT_DECODED: Partial<Record<PictureType, string>> = {
  heic: 'it is HEIC, the format of iPhones, whatever its name says: convert it to JPEG',
  bmp: 'it is BMP: convert it to PNG',
  jp2: 'it is JPEG 2000: convert it to PNG',
};

const large = oneAtATime();

/** Reads and decodes a file as a picture, in bounded memory. */
export async function readPicture(path: string): Promise<Picture | RefusedPicture> {
  try {
    const bytes = await readBounded(path);
    if (!Buffer.isBuffer(bytes)) return bytes;
    const type = sniffPicture(bytes);
    if (type === null) return unreadable('its content is no picture of a known format');
    const hint = NOT_DECODED[type];
    if (hint !== undefined) return unreadable(hint);
    // Only the header is read here, so no picture is too large for it.
    const metadata = await sharp(bytes, { pages: 1, limitInputPixels: false }).metadata();
    const { width, height, format } = metadata;
    if (!width || !height) return unreadable('it has no width or height');
    if (Math.max(width, height) > MOST_SIDE) {
      return enormous(
        `it has ${width} x ${height} pixels, a side over ${MOST_SIDE}: make it smaller`,
      );
    }
    if (width * height > MOST_PIXELS) {
      const most = `${MOST_PIXELS / 1e6} million pixels`;
      return enormous(`it has ${width} x ${height} pixels, more than ${most}: make it smaller`);
    }
    const decode = () => perceptualHash(bytes, { width, height });
    const hash = await (width * height > MANY_PIXELS ? large(decode) : decode());
    return {
      sizeBytes: bytes.byteLength,
      sha256: sha256OfBytes(bytes),
      contentType: `image/${format}`,
      width,
      height,
      perceptualHash: hash,
      notes: notesOf(path, type, metadata),
    };
  } catch (error) {
    return unreadable(messageOf(error).split('\n')[0] || 'it cannot be decoded');
  }
}

async function readBounded(path: string): Promise<Buffer | RefusedPicture> {
  const { size } = await stat(path);
  if (size === 0) return unreadable('the file is empty');
  if (size > MOST_BYTES) {
    const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
    return enormous(`it has ${megabytes(size)}, more than ${megabytes(MOST_BYTES)}`);
  }
  const file = await open(path);
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** The rules are those of the engine's decoder (docs/datasets.md). */
function notesOf(path: string, type: PictureType, metadata: Metadata): PictureNote[] {
  const { pages = 1, space, depth, hasAlpha, orientation = 1 } = metadata;
  const promised = typeOfEnding(path);
  const rules: [boolean, ProblemKind, string][] = [
    [promised !== null && promised !== type, 'misnamed', `is ${type}, whatever its name says`],
    [pages > 1, 'animated', `has ${pages} frames or pages, of which the first is used`],
    [space === 'cmyk', 'cmyk', 'is CMYK and is converted to RGB'],
    [depth === 'ushort' || depth === 'float', 'sixteen-bit', 'has 16 bits or more, reduced to 8'],
    [space === 'b-w' || space === 'grey16', 'grey', 'is grey, and the same in all three channels'],
    [
      hasAlpha === true,
      'transparent',
      'has transparency, which is dropped: what lies under it shows',
    ],
    [orientation > 1, 'rotated', 'is turned by its EXIF orientation, which is not applied'],
  ];
  return rules.flatMap(([holds, kind, what]) => (holds ? [{ kind, what }] : []));
}

function unreadable(reason: string): RefusedPicture {
  return { refused: 'unreadable', reason };
}

function enormous(reason: string): RefusedPicture {
  return { refused: 'enormous', reason };
}
