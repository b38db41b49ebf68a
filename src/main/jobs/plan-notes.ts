import type { TrainEvent } from '../../shared/engine-contract.ts';
import type { Warning } from '../../shared/results.ts';
import type { RunConfig } from '../../shared/run-config.ts';

type Plan = Extract<TrainEvent, { type: 'plan' }>;

/** What the engine's plan does otherwise than the config says at first sight; kept with the run. */
export function planNotes(plan: Plan, config: RunConfig): Warning[] {
  const notes: Warning[] = [];
  if (plan.depth < config.prompts.depth) {
    notes.push({
      code: 'depth-limited',
      message: `Prompts enter ${plan.depth} blocks, not ${config.prompts.depth}: the model has no more.`,
    });
  }
  if (plan.skippedPerEpoch > 0) {
    notes.push({
      code: 'drop-last',
      message: `${plan.skippedPerEpoch} training images sit out each epoch, since the last incomplete batch is dropped as published (dropLast).`,
    });
  }
  return notes;
}

/** Said once a run is trained: a term that never steered it. */
export function weakTermNote(term: string): Warning {
  return {
    code: 'weak-term',
    message: `The weighted term "${term}" carried under 0.1 % of the gradient in every epoch.`,
  };
}
