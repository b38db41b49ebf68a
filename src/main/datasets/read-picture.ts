import type { Metadata } from 'sharp';
import { PictureRefused, readPictureFile, refusal } from '../../engine/images/picture-file.ts';
import { type PictureType, typeOfEnding } from '../../engine/images/sniff-picture.ts';
import type { PictureFacts } from '../store/images.ts';
import { sha256OfBytes } from '../workspace/hash.ts';
import { perceptualHash } from './perceptual-hash.ts';
import type { ProblemKind } from './problems.ts';

/** What a person should know about a picture. */
type NoteKind = Extract<
  ProblemKind,
  'misnamed' | 'animated' | 'cmyk' | 'sixteen-bit' | 'grey' | 'transparent' | 'rotated'
>;
export type PictureNote = { kind: NoteKind; type: PictureType; frames: number };

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
  const rules: [boolean, NoteKind][] = [
    [promised !== null && promised !== type, 'misnamed'],
    [pages > 1, 'animated'],
    [space === 'cmyk', 'cmyk'],
    [depth === 'ushort' || depth === 'float', 'sixteen-bit'],
    [space === 'b-w' || space === 'grey16', 'grey'],
    [hasAlpha === true, 'transparent'],
    [orientation > 1, 'rotated'],
  ];
  return rules.flatMap(([holds, kind]) => (holds ? [{ kind, type, frames: pages }] : []));
}
