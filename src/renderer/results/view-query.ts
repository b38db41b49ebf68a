import type { LocationQueryRaw } from 'vue-router';
import { type ResultsView, resultsViewSchema } from '../../shared/api/results.ts';

/** The view in an address, so that a reload shows the same tables. */
export function viewToQuery(view: ResultsView): LocationQueryRaw {
  return { view: JSON.stringify(view) };
}

/** The view of an address: the paper's first table where it names none that can be read. */
export function queryToView(text: unknown): ResultsView {
  const usual = resultsViewSchema.parse({ protocol: 'cross-dataset' });
  if (typeof text !== 'string') return usual;
  try {
    const parsed = resultsViewSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : usual;
  } catch {
    return usual;
  }
}
