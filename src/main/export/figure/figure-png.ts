import sharp from 'sharp';
import type { Drawing } from './frame-figure.ts';
import { outlineText } from './outline-text.ts';

/** Pixels of the file to one of the layout. */
const SCALE = 2;
/** At which librsvg draws one pixel as one. */
const PLAIN_DENSITY = 72;

/** A drawing as PNG on white, two pixels for one of the layout. */
export async function figurePng({ svg }: Drawing): Promise<Buffer> {
  return sharp(Buffer.from(outlineText(svg)), { density: PLAIN_DENSITY * SCALE })
    .flatten({ background: '#ffffff' })
    .png({ compressionLevel: 9 })
    .toBuffer();
}
