import type { TrainEvent } from '../../shared/engine-contract.ts';
import type { Warning } from '../../shared/results.ts';
import type { RunConfig } from '../../shared/run-config.ts';
import { say } from '../../shared/sentence.ts';

type Plan = Extract<TrainEvent, { type: 'plan' }>;

/** What the engine's plan does otherwise than the config says at first sight; kept with the run. */
export function planNotes(plan: Plan, config: RunConfig): Warning[] {
  const notes: Warning[] = [];
  if (plan.depth < config.prompts.depth) {
    notes.push({
      code: 'depth-limited',
      message: say('warning.depth-limited', { depth: plan.depth, asked: config.prompts.depth }),
    });
  }
  if (plan.skippedPerEpoch > 0) {
    notes.push({
      code: 'drop-last',
      message: say('warning.drop-last', { n: plan.skippedPerEpoch }),
    });
  }
  return notes;
}

/** Said once a run is trained: a term that never steered it. */
export function weakTermNote(term: string): Warning {
  return {
    code: 'weak-term',
    message: say('warning.weak-term', { term }),
  };
}
