import type { ExplainInput, Explanation } from '../../shared/api/attribution.ts';
import { useLive } from '../data/use-live.ts';
import { LruMap } from './lru-map.ts';

/** What is asked for, with what the application fills in left open. */
export type Question = Pick<ExplainInput, 'run' | 'image'> & Partial<ExplainInput>;

/** A megabyte each at 224 pixels. */
const kept = new LruMap<string, Explanation>(40);

/**
 * Answers that the window keeps, by their question as JSON. None outlives a change of the runs: one that
 * was evaluated again has another newest attack.
 */
export function useKeptExplanations() {
  const live = useLive();
  const keyOf = (question: string): string => `${live.changes.runs} ${question}`;
  return {
    get: (question: string) => kept.get(keyOf(question)),
    set: (question: string, answer: Explanation) => kept.set(keyOf(question), answer),
  };
}
