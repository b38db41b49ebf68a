import type { LocationQuery } from 'vue-router';
import type { SplitName } from '../../shared/api/datasets.ts';
import { splitNameSchema } from '../../shared/api/datasets.ts';

/** What of the lab stands in its address. */
export type LabAddress = {
  run: string | undefined;
  /** Path in the split of the run's dataset. */
  image: string | undefined;
  /** Left out for the test split. */
  split: SplitName | undefined;
};

export function queryToAddress(query: LocationQuery): LabAddress {
  const text = (key: string) => {
    const value = query[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    run: text('run'),
    image: text('image'),
    split: splitNameSchema.safeParse(query.split).data,
  };
}
