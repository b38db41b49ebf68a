import { describe, expect, it } from 'vitest';
import { ranked } from '../../../src/renderer/compare/critical-difference.ts';
import { criticalHeight, criticalOption } from '../../../src/renderer/compare/critical-option.ts';

type Part = { type: string; shape?: { points: number[][] }; style: { text?: string } };
type Drawn = { renderItem: (hit: object, api: object) => { children: Part[] } };

const input = {
  methods: ranked(['FAP', 'CoOp', 'CBA-FAPT'], [2, 2.8, 1.2]),
  criticalDifference: 1,
  barName: 'critical difference',
  isDark: false,
  description: 'Ranks.',
};

describe('a diagram of critical differences', () => {
  const [series] = criticalOption(input).series as [Drawn];
  const parts = series.renderItem({}, { coord: ([rank]: number[]) => [(rank ?? 0) * 100, 64] });

  it('names every method with its average rank', () => {
    const texts = parts.children.flatMap(({ style }) => style.text ?? []);
    expect(texts).toEqual(['critical difference', 'CBA-FAPT (1.20)', 'FAP (2.00)', 'CoOp (2.80)']);
  });

  it('puts the name of a bar that is as long as the axis below it', () => {
    const nameAt = (criticalDifference: number) => {
      const long = { ...input, criticalDifference, barName: 'critical difference (Nemenyi, 0.05)' };
      const [drawn] = criticalOption(long).series as [Drawn];
      const api = { coord: ([rank]: number[]) => [(rank ?? 0) * 100, 64] };
      return drawn.renderItem({}, api).children.find(({ style }) => style.text === long.barName)
        ?.style;
    };
    expect(nameAt(0.2)).toMatchObject({ x: 128, y: 14 });
    expect(nameAt(1.9)).toMatchObject({ x: 100, y: 30 });
  });

  it('leaves a narrow figure an axis: long names go on in a second line', () => {
    const long = { ...input, methods: ranked(['Deep visual prompts', 'FAP'], [1, 2]) };
    const sideOf = (width?: number) => (criticalOption(long, width).grid as { left: number }).left;
    expect(sideOf()).toBe(sideOf(729));
    expect(sideOf(351)).toBe(116);
    expect(criticalHeight(long, 351)).toBeGreaterThan(criticalHeight(long, 729));
    const [drawn] = criticalOption(long, 351).series as [Drawn];
    const api = { coord: ([rank]: number[]) => [(rank ?? 0) * 100, 64] };
    const { children } = drawn.renderItem({}, api);
    expect(children.at(3)?.style).toMatchObject({ width: 92, overflow: 'break' });
  });

  it('draws the critical difference as long as it is, and a bar a clique', () => {
    const lines = parts.children.filter(({ type }) => type === 'polyline');
    expect(lines[0]?.shape?.points.map(([x]) => x)).toContain(200);
    // The scale, two bars and three methods.
    expect(lines).toHaveLength(6);
    expect(criticalHeight({ ...input, criticalDifference: 0.1 })).toBeLessThan(
      criticalHeight(input),
    );
  });
});
