import type { StabilityReport } from '../../shared/api-results.ts';
import { api } from '../client/client.ts';
import { useQuery } from '../data/use-query.ts';
import { useWork } from '../data/use-work.ts';

/** How far a run's maps move over its attacked images, and measuring it where nobody has. */
export function useDrift(run: () => string) {
  const query = useQuery(() => api.attribution.drift({ run: run() }), { on: run });
  const work = useWork<StabilityReport>();

  async function measure(): Promise<void> {
    const asked = run();
    await work.start((signal) => api.attribution.measureDrift({ run: asked }, { signal }));
    await query.reload();
  }
  return { query, work, measure };
}
export type DriftState = ReturnType<typeof useDrift>;
