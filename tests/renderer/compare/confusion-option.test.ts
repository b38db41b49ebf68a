import { describe, expect, it } from 'vitest';
import {
  confusionHeight,
  confusionOption,
} from '../../../src/renderer/compare/confusion-option.ts';

type Part = {
  type: string;
  shape?: { x: number; y: number; width: number; height: number };
  style: { text?: string; fill: string };
  textContent?: { style: { text: string } };
};
type Drawn = { renderItem: (hit: object, api: object) => { children: Part[] } };

const figure = {
  matrix: [
    [8, 2],
    [0, 0],
  ],
  order: [0, 1],
  classNames: ['cat', 'dog'],
  description: 'Matrix.',
};

function draw(width: number): Part[] {
  const [series] = confusionOption(figure).series as [Drawn];
  return series.renderItem({}, { getWidth: () => width }).children;
}

describe('a confusion matrix for paper', () => {
  it('has every class twice, and a square cell with its count for each pair', () => {
    const parts = draw(351);
    expect(parts.flatMap(({ style }) => style.text ?? [])).toEqual(['cat', 'cat', 'dog', 'dog']);
    const cells = parts.filter(({ type }) => type === 'rect');
    expect(cells.map(({ textContent }) => textContent?.style.text)).toEqual(['8', '2', '', '']);
    for (const { shape } of cells) expect(shape?.width).toBe(shape?.height);
    expect(cells[0]?.style.fill).toMatch(/^rgba\(29,78,216,0\.836\)/);
    expect(cells[2]?.style.fill).toBe('#ffffff');
  });

  it('stays inside a width, however many classes there are', () => {
    const order = Array.from({ length: 100 }, (_, label) => label);
    const many = { ...figure, order, matrix: order.map(() => order.map(() => 1)), classNames: [] };
    const [series] = confusionOption(many).series as [Drawn];
    const parts = series.renderItem({}, { getWidth: () => 351 }).children;
    const ends = parts.flatMap(({ shape }) => (shape ? [shape.x + shape.width] : []));
    expect(Math.max(...ends)).toBeLessThanOrEqual(351);
    expect(confusionHeight(many, 351)).toBeLessThan(351 + 12);
  });
});
