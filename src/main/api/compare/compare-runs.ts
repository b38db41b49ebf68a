import type { ComparedBlock, SidesInput, SidesReport } from '../../../shared/api/compare.ts';
import type { CompareReport, Paired } from '../../../shared/api-results.ts';
import { verdictText } from '../../statistics/verdict.ts';
import type { Database } from '../../store/database.ts';
import { compareSides } from './compare-sides.ts';

/** Two sides as the command line prints them. Throws as `compareSides`. */
export async function compareRuns(db: Database, input: SidesInput): Promise<CompareReport> {
  return printedComparison(await compareSides(db, input));
}

/** With all that is said in English. */
export function printedComparison(sides: SidesReport): CompareReport {
  const { a, b, natural, robust, attack, verdict, unlike, ...report } = sides;
  const idsOf = ({ runs }: typeof a) => runs.map(({ id }) => id).join(',');
  return {
    a: idsOf(a),
    b: idsOf(b),
    natural: pairedOf(natural),
    robust: robust && pairedOf(robust),
    attack,
    attacks: report.attacks,
    verdict: verdictText(verdict),
    unlike: unlike.map(({ message }) => message),
    leftOut: report.leftOut.map(({ message }) => message),
    configDifference: report.configDifference,
  };
}

function pairedOf({ a, b, overSeeds, table: _, ...numbers }: ComparedBlock): Paired {
  return {
    ...numbers,
    a: a.accuracy,
    b: b.accuracy,
    overSeeds: { a: a.overSeeds, b: b.overSeeds, delta: overSeeds },
  };
}
