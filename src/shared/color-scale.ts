/** Red, green, blue from 0 to 255. */
export type Rgb = [number, number, number];

/**
 * A signed value's colour: blue below 0, near-white at 0, orange-brown above. The ends are those of
 * ColorBrewer's PuOr family, told apart under every common colour blindness and in grey by depth.
 */
const STOPS: [number, Rgb][] = [
  [-1, [5, 48, 120]],
  [-0.5, [82, 139, 203]],
  [0, [247, 247, 247]],
  [0.5, [233, 142, 60]],
  [1, [133, 55, 0]],
];

/** @param t value over the scale's limit; clipped to -1..1 */
export function divergingColor(t: number): Rgb {
  const clipped = Math.max(-1, Math.min(1, t));
  for (let i = 1; i < STOPS.length; i++) {
    const [from, low] = STOPS[i - 1] as [number, Rgb];
    const [to, high] = STOPS[i] as [number, Rgb];
    if (clipped <= to) return mix(low, high, (clipped - from) / (to - from));
  }
  throw new RangeError(`no colour for ${t}`);
}

function mix(low: Rgb, high: Rgb, share: number): Rgb {
  return low.map((value, i) => Math.round(value + share * ((high[i] ?? 0) - value))) as Rgb;
}

/** Black or white, whichever is easier to read on `color` (WCAG 2 relative luminance). */
export function textColorOn(color: Rgb): '#000' | '#fff' {
  const [red = 0, green = 0, blue = 0] = color.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  // The two contrasts are equal at a luminance of sqrt(1.05 * 0.05) - 0.05.
  return luminance > 0.179 ? '#000' : '#fff';
}

export function cssColor([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

/**
 * How much of the picture a value hides, 0 to `opacity`: nothing at 0, and more for small values
 * than their share, which would hardly be seen.
 * @param share value over the scale's limit; clipped to -1..1
 */
export function coverOf(share: number, opacity: number): number {
  return opacity * Math.sqrt(Math.min(1, Math.abs(share)));
}

/** The largest finite magnitude of any value, so that one symmetric scale holds them all. */
export function symmetricLimit(maps: Iterable<readonly number[]>): number {
  let limit = 0;
  for (const values of maps) {
    for (const value of values) {
      if (Number.isFinite(value)) limit = Math.max(limit, Math.abs(value));
    }
  }
  // A scale of nothing but zeros shows them all as 0.
  return limit === 0 ? 1 : limit;
}
