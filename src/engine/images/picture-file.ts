import { open, stat } from 'node:fs/promises';
import sharp, { type Metadata } from 'sharp';
import { FaptError, messageOf } from '../../shared/errors.ts';
import { say } from '../../shared/sentence.ts';
import type { Size } from './picture.ts';
import { type PictureType, sniffPicture } from './sniff-picture.ts';

/** The content of a file that is a picture, and what its header tells. */
export type PictureFile = Size & {
  path: string;
  bytes: Uint8Array;
  type: PictureType;
  /** `width` and `height` there are those before the EXIF orientation. */
  metadata: Metadata;
};

/** A file that is not taken as a picture, with the reason alone. */
export class PictureRefused extends FaptError {
  readonly reason: string;

  constructor(code: PictureRefusal, path: string, reason: string, options?: ErrorOptions) {
    const sentence = `${path} could not be read as an image (${reason}): replace or remove it.`;
    super(code, sentence, options);
    this.reason = reason;
  }
}
export type PictureRefusal = 'image-unreadable' | 'image-enormous';

/** What one picture may cost: an interlaced one is held whole while it is decoded. */
const MOST_BYTES = 256 * 2 ** 20;
const MOST_PIXELS = 120_000_000;
/** JPEG's own limit. A side of millions, which a damaged header may claim, takes gigabytes to shrink. */
const MOST_SIDE = 65_535;

/** Formats that cannot be decoded here, with what a person can do. */
const NOT_DECODED: Partial<Record<PictureType, string>> = {
  heic: say('picture.heic'),
  bmp: say('picture.to-png', { format: 'BMP' }),
  jp2: say('picture.to-png', { format: 'JPEG 2000' }),
  ppm: say('picture.to-png', { format: 'PPM' }),
};

/**
 * Reads a file and its header, and refuses what could not be decoded in bounded memory. What a file
 * is, is told by its content. Width and height are those of the upright picture.
 *
 * @throws PictureRefused
 */
export async function readPictureFile(path: string): Promise<PictureFile> {
  try {
    const bytes = await readBounded(path);
    const type = sniffPicture(bytes);
    if (type === null) throw unreadable(path, say('picture.unknown'));
    const hint = NOT_DECODED[type];
    if (hint !== undefined) throw unreadable(path, hint);
    // Only the header is read here, so no picture is too large for it.
    const metadata = await sharp(bytes, { pages: 1, limitInputPixels: false }).metadata();
    const { width, height } = metadata.autoOrient;
    requireBounded(path, { width, height });
    return { path, bytes, type, width, height, metadata };
  } catch (error) {
    throw refusal(path, error);
  }
}

/** Whatever went wrong with a file, as one sentence about it. */
export function refusal(path: string, error: unknown): PictureRefused {
  if (error instanceof PictureRefused) return error;
  return new PictureRefused('image-unreadable', path, reasonOf(error), { cause: error });
}

/** What the system says of a file, in words. */
const OF_SYSTEM: Record<string, string> = {
  ENOENT: say('picture.gone'),
  EISDIR: say('picture.folder'),
  EACCES: say('picture.forbidden'),
  EPERM: say('picture.forbidden'),
};

function reasonOf(error: unknown): string {
  const ofSystem = OF_SYSTEM[(error as NodeJS.ErrnoException).code ?? ''];
  if (ofSystem !== undefined) return ofSystem;
  const [told = ''] = messageOf(error).split('\n');
  // The decoder's threads share one place for messages, where another may have taken this one away.
  return told === '' || told === 'Unknown error' ? say('picture.damaged') : told;
}

async function readBounded(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size === 0) throw unreadable(path, say('picture.empty'));
  if (size > MOST_BYTES) {
    const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);
    const sizes = { size: megabytes(size), most: megabytes(MOST_BYTES) };
    throw enormous(path, say('picture.bytes', sizes));
  }
  const file = await open(path);
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function requireBounded(path: string, { width, height }: Size): void {
  if (!width || !height) throw unreadable(path, say('picture.no-size'));
  if (Math.max(width, height) > MOST_SIDE) {
    throw enormous(path, say('picture.side', { width, height, most: MOST_SIDE }));
  }
  if (width * height > MOST_PIXELS) {
    throw enormous(path, say('picture.pixels', { width, height, most: MOST_PIXELS / 1e6 }));
  }
}

function unreadable(path: string, reason: string): PictureRefused {
  return new PictureRefused('image-unreadable', path, reason);
}

function enormous(path: string, reason: string): PictureRefused {
  return new PictureRefused('image-enormous', path, reason);
}
