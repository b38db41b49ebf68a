/** Index of the largest, the first of equals. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < values.length; k += 1) {
    if ((values[k] as number) > (values[best] as number)) best = k;
  }
  return best;
}

/** Each logit minus the best other; with one class the logit itself. */
export function marginsOf(logits: readonly number[]): number[] {
  const best = argmax(logits);
  const second = Math.max(...logits.filter((_, k) => k !== best));
  if (logits.length === 1) return [...logits];
  return logits.map((logit, k) => logit - (k === best ? second : (logits[best] as number)));
}

/** Cross-entropy of softmax(logits) with one class, in nats. */
export function crossEntropyOf(logits: readonly number[], label: number): number {
  const top = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - top), 0);
  return top + Math.log(sum) - (logits[label] as number);
}
