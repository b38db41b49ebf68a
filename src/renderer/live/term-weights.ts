import { METHODS } from '../../shared/method-catalogue.ts';
import type { RunConfig } from '../../shared/run-config.ts';
import { settingAt } from '../../shared/setting-paths.ts';
import { lossFormula } from '../train/loss-formula.ts';

/** The weight of each loss term of a run by its name in the metrics; 1 where it has none. */
export function termWeights(config: RunConfig): Map<string, number> {
  const pieces = lossFormula(config.method);
  return new Map(
    METHODS[config.method].terms.map((term) => {
      const path = pieces.find((piece) => piece.term === term)?.weight?.path;
      const weight = path ? settingAt(config, path) : 1;
      return [term, typeof weight === 'number' ? weight : 1];
    }),
  );
}
