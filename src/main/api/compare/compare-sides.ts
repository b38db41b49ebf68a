import type { SidesInput, SidesReport } from '../../../shared/api/compare.ts';
import { withBreaths } from '../../statistics/bootstrap.ts';
import { configDifference } from '../../statistics/config-difference.ts';
import { pairedGroups } from '../../statistics/paired-groups.ts';
import { claimOf, verdictOf } from '../../statistics/verdict.ts';
import type { Database } from '../../store/database.ts';
import { getDataset } from '../../store/datasets.ts';
import { clustersOf } from '../../store/images.ts';
import { getModel } from '../../store/models.ts';
import type { RunRow } from '../../store/runs.ts';
import { comparedImages } from './compared-images.ts';
import { rightUnderAttack, rightWhenClean } from './right-images.ts';
import { describeSide, resolveSides } from './sides.ts';

/**
 * Two sides against each other: every number and what follows from them in words.
 * @throws FaptError `run-unknown`, `side-mixed`, `not-comparable`, `attack-unknown`
 */
export async function compareSides(db: Database, input: SidesInput): Promise<SidesReport> {
  const sides = resolveSides(db, input);
  const { names, pairs } = sides;
  const { attack, attacks, unlike, ...seen } = comparedImages(db, sides, input.attack);
  const { a, b } = pairs[0];
  const images = [seen.natural, seen.robust ?? []].flatMap(([pair]) => pair?.images ?? []);
  const ids = new Set(images.map(({ id }) => id));
  const clusters = clustersOf(db, a.datasetId, 'test', ids);
  const natural = await withBreaths(pairedGroups(seen.natural.map(rightWhenClean), clusters));
  const robust =
    seen.robust && (await withBreaths(pairedGroups(seen.robust.map(rightUnderAttack), clusters)));
  const isUnlike = unlike.length > 0;
  return {
    a: describeSide(names.a, sides.a),
    b: describeSide(names.b, sides.b),
    verdict: verdictOf({ ...names, attack, natural, robust, unlike }),
    claim: {
      natural: isUnlike ? 'not-comparable' : claimOf(natural),
      robust: robust && (isUnlike ? 'not-comparable' : claimOf(robust)),
    },
    unlike,
    leftOut: sides.leftOut,
    demo: [a, b].some((run) => isDemo(db, run)),
    attacks,
    attack,
    natural,
    robust,
    configDifference: configDifference(a.config, b.config).filter(
      ({ path }) => path !== 'seed' || pairs.length === 1,
    ),
  };
}

function isDemo(db: Database, { datasetId, modelId }: RunRow): boolean {
  return getDataset(db, datasetId).demo || getModel(db, modelId).bundled;
}
