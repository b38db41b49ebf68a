import { api } from '../client/client.ts';

const PAGE = 500;

/** Every outcome of an evaluation, page after page. */
export async function allOutcomes(run: string, evaluation: number) {
  const outcomes = [];
  for (;;) {
    const page = await api.runs.outcomes({
      run,
      evaluation,
      show: 'all',
      offset: outcomes.length,
      limit: PAGE,
    });
    outcomes.push(...page.outcomes);
    if (page.outcomes.length === 0 || outcomes.length >= page.total) return outcomes;
  }
}
