import { FaptError } from '../../shared/errors.ts';

/** @throws FaptError `logits-not-finite` where a model's outputs hold anything that is no number */
export function requireFinite(values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i += 1) {
    if (Number.isFinite(values[i])) continue;
    throw new FaptError(
      'logits-not-finite',
      "The model's outputs are not finite, so nothing can be counted: its tuned prompts have run away; train again with a lower optimizer.learningRate.",
    );
  }
}
