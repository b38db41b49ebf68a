import type { ExplainInput, Explanation } from '../../shared/api/attribution.ts';
import { LruMap } from './lru-map.ts';

/** What is asked for, with what the application fills in left open. */
export type Question = Pick<ExplainInput, 'run' | 'image'> & Partial<ExplainInput>;

/** Answers that a window keeps, by their question as JSON: a megabyte each at 224 pixels. */
export const keptExplanations = new LruMap<string, Explanation>(40);
