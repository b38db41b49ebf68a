import type { Unlike } from '../../shared/api/results.ts';

type Translate = (key: string, values?: Record<string, unknown>) => string;

/** What ours has otherwise than the paper, in words. */
export function unlikeSentence({ what, ours, paper, dataset }: Unlike, t: Translate): string {
  return t(`results.unlikes.${what}`, { ours, paper, dataset: dataset ?? '' });
}
