/** Width and height in pixels. */
export type Size = { width: number; height: number };

/** A part of a picture, in its pixels. */
export type Rectangle = Size & { left: number; top: number };

/** Decoded: 8-bit red, green and blue, interleaved, rows from the top. */
export type Picture = Size & { rgb: Uint8Array };
