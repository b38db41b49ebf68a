import type { SidesInput, SidesReport } from '../../../shared/api/compare.ts';
import { withBreaths } from '../../statistics/bootstrap.ts';
import { type ConfigDifference, configDifference } from '../../statistics/config-difference.ts';
import { pairedGroups } from '../../statistics/paired-groups.ts';
import { claimOf, verdictOf } from '../../statistics/verdict.ts';
import type { Database } from '../../store/database.ts';
import { clustersOf } from '../../store/images.ts';
import { isDemoRun } from '../is-demo-run.ts';
import { comparedImages } from './compared-images.ts';
import { rightUnderAttack, rightWhenClean } from './right-images.ts';
import { describeSide, resolveSides, type Sides } from './sides.ts';

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
    demo: [a, b].some((run) => isDemoRun(db, run)),
    attacks,
    attack,
    natural,
    robust,
    configDifference: [
      ...configDifference(a.config, b.config).filter(
        ({ path }) => path !== 'seed' || pairs.length === 1,
      ),
      ...deviations(sides),
    ],
  };
}

/** A training that was kept early or went on later is not what its settings say. */
function deviations({ pairs }: Sides): ConfigDifference[] {
  const of = (side: 'a' | 'b') => {
    const runs = pairs.map((pair) => pair[side]);
    return runs.find(({ deviation }) => deviation !== null)?.deviation ?? null;
  };
  const [a, b] = [of('a'), of('b')];
  return a === null && b === null ? [] : [{ path: 'deviation', a, b }];
}
