import { describe, expect, it } from 'vitest';
import { layoutFigure, type MapFigure } from '../../../src/renderer/maps/figure-layout.ts';
import type { Surface } from '../../../src/renderer/maps/paint.ts';
import { SQUARE } from '../../../src/renderer/maps/scene.ts';
import { WHOLE } from '../../../src/renderer/maps/view.ts';

const picture = {} as CanvasImageSource;
const figure: MapFigure = {
  title: 'bear/1.png, true class: bear',
  lines: ['explains: bear'],
  scale: { low: 'against −0.5', high: '+0.5 for', opacity: 1 },
  wordLimit: 1,
  view: WHOLE,
  rows: ['A', 'B'].map((name) => ({
    name,
    note: `Attack on ${name}: PGD-3 (ce), eps 8/255`,
    tiles: [
      {
        title: 'Clean',
        note: '± 0.5',
        scene: SQUARE,
        layers: { surroundings: null, picture, map: null },
        words: Array.from({ length: 9 }, (_, at) => ({
          text: `word${at}`,
          learned: at === 0,
          value: at / 9,
        })),
        lines: ['bear; margin +1'],
        logits: {
          head: { class: 'class', logit: 'logit', margin: 'margin' },
          rows: [
            { label: 1, name: 'bear', logit: 12.4, margin: 0.8, share: 1 },
            {
              label: 0,
              name: 'a class with a name longer than its column',
              logit: 3,
              margin: -9.4,
              share: 0,
            },
          ],
          truth: 1,
        },
      },
    ],
  })),
};

/** Notes what is written and where pictures lie. */
function recorder() {
  const texts: { text: string; x: number; y: number }[] = [];
  let images = 0;
  const calls = {
    fillText: (text: string, x: number, y: number) => texts.push({ text, x, y }),
    drawImage: () => {
      images += 1;
    },
  };
  const surface = new Proxy(calls, {
    get: (target, name) => target[name as keyof typeof calls] ?? (() => {}),
    set: () => true,
  });
  return { surface: surface as unknown as Surface, texts, images: () => images };
}

describe('a figure of maps', () => {
  const { width, height, draws } = layoutFigure(figure, (text) => text.length * 7);
  const { surface, texts, images } = recorder();
  for (const draw of draws) draw(surface);

  it('prints image, scale, whose attack and its protocol', () => {
    const all = texts.map(({ text }) => text).join('\n');
    for (const part of [figure.title, 'against −0.5', '+0.5 for', '± 0.5']) {
      expect(all).toContain(part);
    }
    expect(all).toContain('Attack on A: PGD-3 (ce), eps 8/255');
    expect(all).toContain('Attack on B: PGD-3 (ce), eps 8/255');
    expect(images()).toBe(2);
  });

  it('has every text inside, no two of them in one place', () => {
    for (const { x, y } of texts) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThan(width);
      expect(y + 12).toBeLessThanOrEqual(height);
    }
    expect(new Set(texts.map(({ x, y }) => `${x},${y}`)).size).toBe(texts.length);
  });

  it('has the logits with their margins, long names cut', () => {
    const all = texts.map(({ text }) => text);
    expect(all.filter((text) => text === '+0.8')).toHaveLength(2);
    expect(all).toContain('12.4');
    expect(all.find((text) => text.startsWith('a class'))).toMatch(/…$/);
  });

  it('breaks words into lines that fit below their tile', () => {
    const words = texts.filter(({ text }) => text.startsWith('word'));
    expect(words).toHaveLength(18);
    expect(Math.max(...words.map(({ x }) => x))).toBeLessThan(24 + 259);
    expect(new Set(words.slice(0, 9).map(({ y }) => y)).size).toBeGreaterThan(1);
  });
});
