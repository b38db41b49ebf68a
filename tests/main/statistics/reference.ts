import { readFileSync } from 'node:fs';

type Interval = [low: number, high: number];

/** Values of SciPy, statsmodels and NumPy; see record.py beside them. */
export const reference = JSON.parse(
  readFileSync(new URL('../../fixtures/statistics/reference.json', import.meta.url), 'utf8'),
) as {
  wilson: { successes: number; n: number; ci: Interval }[];
  mcnemar: { aOnly: number; bOnly: number; p: number; midP: number }[];
  bonettPrice: { aOnly: number; bOnly: number; n: number; ci: Interval }[];
  tIntervals: { values: number[]; mean: number; std: number; ci: Interval }[];
  quantiles: {
    normal: [p: number, z: number][];
    student: [p: number, degrees: number, t: number][];
  };
  logGamma: [x: number, value: number][];
  beta: [x: number, a: number, b: number, value: number][];
  upperGamma: [a: number, x: number, value: number][];
  bootstrap: {
    values: number[];
    clusters: string[];
    intervals: { seed: number; resamples: number; ci: Interval }[];
  };
  detectable: { n: number; discordance: number; difference: number }[];
};
