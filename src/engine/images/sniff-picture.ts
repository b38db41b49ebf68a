/** Picture formats by their first bytes; the name of a file says nothing reliable. */
export type PictureType =
  | 'jpeg'
  | 'png'
  | 'gif'
  | 'webp'
  | 'tiff'
  | 'bmp'
  | 'avif'
  | 'heic'
  | 'jp2'
  | 'ppm';

/** Bytes of a file's start that `sniffPicture` looks at. */
export const SNIFF_BYTES = 32;

/** A text at an offset; latin-1, one character a byte. */
type Mark = readonly [offset: number, text: string];

const SIGNATURES: readonly (readonly [PictureType, ...Mark[]])[] = [
  ['jpeg', [0, '\xff\xd8\xff']],
  ['png', [0, '\x89PNG\r\n\x1a\n']],
  ['gif', [0, 'GIF87a']],
  ['gif', [0, 'GIF89a']],
  ['webp', [0, 'RIFF'], [8, 'WEBP']],
  ['tiff', [0, 'II*\0']],
  ['tiff', [0, 'II+\0']],
  ['tiff', [0, 'MM\0*']],
  ['tiff', [0, 'MM\0+']],
  ['avif', [4, 'ftypavi']],
  ['heic', [4, 'ftyphe']],
  ['heic', [4, 'ftypmif1']],
  ['heic', [4, 'ftypmsf1']],
  ['jp2', [0, '\0\0\0\x0cjP  ']],
  ['jp2', [0, '\xff\x4f\xff\x51']],
  ['ppm', [0, 'P5']],
  ['ppm', [0, 'P6']],
  ['bmp', [0, 'BM'], [6, '\0\0\0\0']],
];

/** The type that the first bytes of a file tell, or null where they are no picture's. */
export function sniffPicture(start: Uint8Array): PictureType | null {
  const text = Buffer.from(start.subarray(0, SNIFF_BYTES)).toString('latin1');
  const fits = ([, ...marks]: (typeof SIGNATURES)[number]): boolean =>
    marks.every(([offset, mark]) => text.startsWith(mark, offset));
  return SIGNATURES.find(fits)?.[0] ?? null;
}

const ENDINGS: Record<string, PictureType> = {
  jpg: 'jpeg',
  jpeg: 'jpeg',
  jpe: 'jpeg',
  jfif: 'jpeg',
  png: 'png',
  gif: 'gif',
  webp: 'webp',
  tif: 'tiff',
  tiff: 'tiff',
  bmp: 'bmp',
  avif: 'avif',
  heic: 'heic',
  heif: 'heic',
  jp2: 'jp2',
  ppm: 'ppm',
  pgm: 'ppm',
};

/** The type that a file's ending promises, in any case; null where it promises none. */
export function typeOfEnding(name: string): PictureType | null {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? null : (ENDINGS[name.slice(dot + 1).toLowerCase()] ?? null);
}
