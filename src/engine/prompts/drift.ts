import type { Drift } from '../../shared/prompt-report.ts';

/** How far values are from where they started, in double precision. @throws RangeError for unequal lengths */
export function driftOf(now: Float32Array, start: Float32Array): Drift {
  if (now.length !== start.length) {
    throw new RangeError(`${now.length} values cannot have started as ${start.length}`);
  }
  let [square, startSquare, changeSquare, product] = [0, 0, 0, 0];
  for (let i = 0; i < now.length; i += 1) {
    const a = now[i] as number;
    const b = start[i] as number;
    square += a * a;
    startSquare += b * b;
    changeSquare += (a - b) ** 2;
    product += a * b;
  }
  const scale = Math.sqrt(square) * Math.sqrt(startSquare);
  return {
    norm: Math.sqrt(square),
    startNorm: Math.sqrt(startSquare),
    change: Math.sqrt(changeSquare),
    cosine: scale === 0 ? null : product / scale,
  };
}
