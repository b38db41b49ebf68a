import { z } from 'zod';
import {
  attackNameSchema,
  type EvaluationAttack,
  evaluationAttackSchema,
} from '../../shared/attack.ts';
import type { RunConfig } from '../../shared/run-config.ts';
import { issuesByPath } from './issue-phrase.ts';

/** What follows a training, as the form edits it. An emptied field is null where null means all. */
export const evaluationDraftSchema = z.object({
  natural: z.boolean(),
  attacked: z.boolean(),
  name: attackNameSchema.exclude(['none']),
  steps: z.number().nullable(),
  restarts: z.number().nullable(),
  /** Null: the size that the run is trained at. */
  epsilon: z.number().nullable(),
  /** Null: every test image. */
  subset: z.number().nullable(),
});
export type EvaluationDraft = z.infer<typeof evaluationDraftSchema>;

/** Every test image without attack, then PGD-100 on a balanced hundred. */
export const FRESH_EVALUATION: EvaluationDraft = {
  natural: true,
  attacked: true,
  name: 'pgd',
  steps: 100,
  restarts: 1,
  epsilon: null,
  subset: 100,
};

/**
 * The evaluations to queue; a published evaluation steps by the whole ball.
 * @throws ZodError for a value that the attack cannot have
 */
export function toEvaluations(draft: EvaluationDraft, config: RunConfig): EvaluationAttack[] {
  const natural = evaluationAttackSchema.parse({ name: 'none' });
  return [
    ...(draft.natural ? [natural] : []),
    ...(draft.attacked ? [evaluationAttackSchema.parse(attackOf(draft, config))] : []),
  ];
}

/** What is wrong with a field of the draft, by its name; empty where nothing is. */
export function evaluationProblems(draft: EvaluationDraft, config: RunConfig) {
  if (!draft.attacked) return new Map<string, z.core.$ZodIssue>();
  const found = issuesByPath(evaluationAttackSchema.safeParse(attackOf(draft, config)));
  // An empty size is the training's: what is wrong with that stands at the training's field.
  if (draft.epsilon === null) found.delete('epsilon');
  found.delete('stepSize');
  return found;
}

function attackOf(draft: EvaluationDraft, config: RunConfig): object {
  const epsilon = draft.epsilon ?? config.attack.epsilon;
  const { name, steps, restarts, subset } = draft;
  // Noise has no steps, and no field for them.
  return { name, ...(name !== 'noise' && { steps }), restarts, subset, epsilon, stepSize: epsilon };
}
