import { normalQuantile } from './quantiles.ts';

/**
 * The smallest true difference of two paired proportions that McNemar's test on `n` pairs would
 * show with the given power, at this share of discordant pairs: the difference d at which
 * n = (z_(1-alpha/2) sqrt(s) + z_power sqrt(s - d^2))^2 / d^2 (Connor 1987). A difference cannot
 * pass the discordance s, so where the observed one is too small to show any, all discordant pairs
 * on one side (s = d) is taken. Null where n pairs can show no difference at all: the exact test
 * wants six discordant pairs, all on one side, for a p below 0.05.
 */
export function smallestDetectable(
  observed: { n: number; discordance: number },
  alpha = 0.05,
  power = 0.8,
): number | null {
  const { n } = observed;
  const zAlpha = normalQuantile(1 - alpha / 2);
  const zPower = normalQuantile(power);
  const shows = (d: number): boolean => {
    const s = Math.max(observed.discordance, d);
    return d * Math.sqrt(n) >= zAlpha * Math.sqrt(s) + zPower * Math.sqrt(s - d * d);
  };
  if (2 * 0.5 ** n >= alpha || !shows(1)) return null;
  let low = 0;
  let high = 1;
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (shows(middle)) high = middle;
    else low = middle;
  }
  return high;
}
