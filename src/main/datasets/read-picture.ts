import type { Metadata } from 'sharp';
import { PictureRefused, readPictureFile, refusal } from '../../engine/images/picture-file.ts';
import { type PictureType, typeOfEnding } from '../../engine/images/sniff-picture.ts';
import type { PictureFacts } from '../store/images.ts';
import { sha256OfBytes } from '../workspace/hash.ts';
import { perceptualHash } from './perceptual-hash.ts';
import type { ProblemKind } from './problems.ts';

/** Something about a picture that a person should know, and what is made of it. */
export type PictureNote = { kind: ProblemKind; what: string };

export type Picture = { [Key in keyof PictureFacts]: NonNullable<PictureFacts[Key]> } & {
  perceptualHash: string | null;
  notes: PictureNote[];
};

/** Why a file is not used. */
export type RefusedPicture = { refused: 'unreadable' | 'enormous'; reason: string };

/** Reads and decodes a file as a picture, in bounded memory. */
export async function readPicture(path: string): Promise<Picture | RefusedPicture> {
  try {
    const file = await readPictureFile(path);
    const { bytes, type, width, height, metadata } = file;
    return {
      sizeBytes: bytes.byteLength,
      sha256: sha256OfBytes(bytes),
      contentType: `image/${metadata.format}`,
      width,
      height,
      perceptualHash: await perceptualHash(file),
      notes: notesOf(path, type, metadata),
    };
  } catch (error) {
    const { code, reason } = error instanceof PictureRefused ? error : refusal(path, error);
    return { refused: code === 'image-enormous' ? 'enormous' : 'unreadable', reason };
  }
}

/** The rules are those of the engine's decoder (decode-picture.ts). */
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
    [orientation > 1, 'rotated', 'is turned by its EXIF orientation, and used upright'],
  ];
  return rules.flatMap(([holds, kind, what]) => (holds ? [{ kind, what }] : []));
}
