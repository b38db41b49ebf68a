import { byName, lastMean, type Metric } from '../charts/series.ts';

type Alarm = 'not-finite' | 'zero-gradient' | 'collapse';

/** Steps that are looked at: enough that a single batch proves nothing. */
const WINDOW = 20;
/** How near to ln C the cross-entropy of a model that says nothing is. */
const NEAR = 0.02;
/** A term this small against ln C pushes nothing any more. */
const VANISHED = 1e-3;

/**
 * What is wrong with a training as it runs. Collapse: the clean cross-entropy stands at ln C, which
 * is that of equal probabilities, while the adversarial term is gone (a KL near 0, or a
 * cross-entropy that no longer differs from the clean one).
 */
export function alarmsOf(metrics: readonly Metric[], classes: number): Alarm[] {
  const series = byName(metrics);
  const alarms: Alarm[] = [];
  if (metrics.some(({ name, value }) => isLoss(name) && !Number.isFinite(value))) {
    alarms.push('not-finite');
  }
  const norms = (series.get('gradientNorm') ?? []).slice(-WINDOW);
  if (norms.length >= 2 && norms.every(({ value }) => value === 0)) alarms.push('zero-gradient');
  if (hasCollapsed(series, Math.log(classes))) alarms.push('collapse');
  return alarms;
}

function isLoss(name: string): boolean {
  return name === 'loss' || name === 'gradientNorm' || name.startsWith('terms.');
}

function hasCollapsed(series: ReadonlyMap<string, Metric[]>, uniform: number): boolean {
  const clean = series.get('terms.nat') ?? [];
  const adversarial = series.get('terms.adv') ?? [];
  if (uniform === 0 || clean.length < WINDOW || adversarial.length < WINDOW) return false;
  const nat = lastMean(clean, WINDOW) ?? 0;
  const adv = lastMean(adversarial, WINDOW) ?? 0;
  const gone = Math.min(Math.abs(adv), Math.abs(adv - nat)) < VANISHED * uniform;
  return Math.abs(nat - uniform) < NEAR * uniform && gone;
}

/** Below this share of the gradient norm a term hardly steers the tuning. */
export const WEAK_SHARE = 0.001;

/** The terms whose newest share of the gradient norm is under 0.1 %. */
export function weakTerms(shares: ReadonlyMap<string, readonly Metric[]>): string[] {
  return [...shares]
    .filter(([, points]) => {
      const last = points.at(-1);
      return last !== undefined && last.value < WEAK_SHARE;
    })
    .map(([term]) => term);
}
