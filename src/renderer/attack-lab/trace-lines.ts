import type { LabTrajectory } from '../../shared/api/lab.ts';
import type { Line } from '../../shared/charts/line-option.ts';
import { DASHES, SYMBOLS } from '../../shared/charts/run-style.ts';

const SHOWN_CLASSES = 4;

/** Loss that the attack climbs, step by step. */
export function lossLines(steps: LabTrajectory['steps'], name: string): Line[] {
  return [{ name, points: steps.map(({ step, loss }) => [step, loss]), style: styleAt(0) }];
}

/**
 * Logits of the true class and of those that come highest anywhere on the way.
 * @param label the true class
 */
export function logitLines(
  steps: LabTrajectory['steps'],
  classNames: readonly string[],
  label: number,
): Line[] {
  return tracedClasses(steps, classNames.length, label).map((at, index) => ({
    name: classNames[at] ?? String(at),
    points: steps.map(({ step, logits }) => [step, logits[at] ?? Number.NaN]),
    style: styleAt(index),
  }));
}

/** The true class first, then the classes with the highest logit at any step. */
export function tracedClasses(
  steps: LabTrajectory['steps'],
  classes: number,
  label: number,
): number[] {
  const highest = Array.from({ length: classes }, (_, at) => ({
    at,
    logit: Math.max(...steps.map(({ logits }) => logits[at] ?? Number.NEGATIVE_INFINITY)),
  }));
  const others = highest.filter(({ at }) => at !== label).sort((a, b) => b.logit - a.logit);
  return [label, ...others.slice(0, SHOWN_CLASSES - 1).map(({ at }) => at)];
}

/** The lines with an upright one at the step that is looked at, as high as they are. */
export function markedAt(lines: readonly Line[], step: number | null, name: string): Line[] {
  const heights = lines.flatMap(({ points }) => points.map(([, y]) => y)).filter(Number.isFinite);
  if (step === null || heights.length === 0) return [...lines];
  const points = [Math.min(...heights), Math.max(...heights)].map((y) => [step, y] as const);
  return [...lines, { name, points, style: { color: 1, dash: 'solid', symbol: 'diamond' } }];
}

function styleAt(index: number): Line['style'] {
  return {
    color: [0, 2, 4, 6, 8][index % 5] ?? 0,
    dash: DASHES[index % DASHES.length] ?? 'solid',
    symbol: SYMBOLS[index % SYMBOLS.length] ?? 'circle',
  };
}
