import { describe, expect, it } from 'vitest';
import { colorOf, DASHES, dashLengths, runStyle } from '../../../src/shared/charts/run-style.ts';

const ids = Array.from({ length: 500 }, (_, index) => `run-${index}`);

describe("a run's colour and line", () => {
  it('depend on its id alone', () => {
    expect(runStyle('0f3a')).toEqual(runStyle('0f3a'));
  });

  it('are recorded: a run that is found again next year looks the same', () => {
    expect(runStyle('run-1')).toEqual({ color: 6, dash: 'dash-dot', symbol: 'diamond' });
  });

  it('use every colour, dash and marker', () => {
    const styles = ids.map(runStyle);
    expect(new Set(styles.map(({ color }) => color)).size).toBe(10);
    expect(new Set(styles.map(({ dash }) => dash)).size).toBe(4);
    expect(new Set(styles.map(({ symbol }) => symbol)).size).toBe(4);
  });

  it('have 3 to 1 of contrast on the page of their theme', () => {
    for (let index = 0; index < 10; index += 1) {
      expect(contrast(colorOf(index, false), '#ffffff')).toBeGreaterThan(3);
      expect(contrast(colorOf(index, true), '#020618')).toBeGreaterThan(3);
    }
  });

  it('a solid line has no gaps, the others differ', () => {
    expect(dashLengths('solid')).toEqual([]);
    expect(new Set(DASHES.map((dash) => dashLengths(dash).join())).size).toBe(DASHES.length);
  });
});

/** WCAG 2 contrast of two `#rrggbb`. */
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
