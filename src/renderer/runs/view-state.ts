import { z } from 'zod';
import { type ViewQuery, viewQuerySchema } from '../../shared/api/saved-views.ts';

/** Every run, newest first. */
export const ALL_RUNS: ViewQuery = {
  filter: {},
  sort: { by: 'created', descending: true },
  grouped: false,
};

/** The view in an address, so that a reload and a link show the same runs. */
export function viewToText(view: ViewQuery): string | undefined {
  const filter = cleanFilter(view.filter);
  const text = JSON.stringify({ ...view, filter });
  return text === JSON.stringify(ALL_RUNS) ? undefined : text;
}

/** The view of an address; every run where it names none that can be read. */
export function textToView(text: unknown): ViewQuery {
  if (typeof text !== 'string') return ALL_RUNS;
  const parsed = z
    .string()
    .transform((value, context) => {
      try {
        return JSON.parse(value) as unknown;
      } catch {
        context.addIssue('not JSON');
        return z.NEVER;
      }
    })
    .pipe(viewQuerySchema)
    .safeParse(text);
  return parsed.success ? parsed.data : ALL_RUNS;
}

/** A filter without its empty parts, which would match nothing. */
export function cleanFilter(filter: ViewQuery['filter']): ViewQuery['filter'] {
  return Object.fromEntries(
    Object.entries(filter).filter(
      ([, value]) =>
        value !== undefined &&
        value !== '' &&
        value !== false &&
        !(Array.isArray(value) && value.length === 0),
    ),
  );
}

/** How many parts of a filter are set. */
export function filterCount(filter: ViewQuery['filter']): number {
  return Object.keys(cleanFilter(filter)).length;
}
