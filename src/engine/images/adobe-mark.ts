const APP14 = 0xee;
const START_OF_SCAN = 0xda;

/**
 * Whether a JPEG bears Adobe's mark, an APP14 segment. Photoshop and whoever follows it write the inks of
 * a marked CMYK picture inverted, 0 for all of an ink; without the mark 0 is none of it (libjpeg.txt of
 * the Independent JPEG Group, "Special color spaces").
 */
export function hasAdobeMark(jpeg: Uint8Array): boolean {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  for (let at = 2; at + 9 <= jpeg.length && jpeg[at] === 0xff; ) {
    const marker = jpeg[at + 1];
    if (marker === 0xff) {
      // A marker may be preceded by any number of these.
      at += 1;
      continue;
    }
    if (marker === START_OF_SCAN) return false;
    const name = String.fromCharCode(...jpeg.subarray(at + 4, at + 9));
    if (marker === APP14 && name === 'Adobe') return true;
    at += 2 + view.getUint16(at + 2);
  }
  return false;
}
