import type { EvaluationAttack } from '../../shared/attack.ts';
import {
  type AttackRun,
  CLEAN_RUN,
  fabRun,
  gradientRuns,
  noiseRun,
  squareRun,
} from './attack-runs.ts';
import { type AttackProblem, type AttackSteps, subProblem } from './problem.ts';
import { WorstCase } from './worst-case.ts';

/** Square in AutoAttack: the published 5000 queries at the published 100 steps, fewer with fewer steps. */
const SQUARE_QUERIES_PER_STEP = 50;
const SQUARE_QUERIES = 5000;

/** An attack's runs, in order. */
function runsOf(attack: EvaluationAttack, classes: number): AttackRun[] {
  const { name, loss, steps, restarts } = attack;
  // With one class every prediction is right, whatever the pixels.
  if (classes === 1) return [CLEAN_RUN];
  switch (name) {
    case 'none':
      return [CLEAN_RUN];
    case 'noise':
      return Array.from({ length: restarts }, (_, draw) => noiseRun(attack, draw));
    case 'pgd':
    case 'apgd':
      return gradientRuns(attack, name, loss, classes);
    case 'fab':
      return [fabRun(attack)];
    case 'square':
      return [squareRun(attack, steps, steps)];
    case 'autoattack':
      return autoAttackRuns(attack, classes);
  }
}

/**
 * AutoAttack's standard version (Croce and Hein 2020), cheapest first; an image that is fooled leaves
 * at once, and only survivors go on. APGD always starts at random. Images that are wrong as they are
 * have left before.
 */
function autoAttackRuns(attack: EvaluationAttack, classes: number): AttackRun[] {
  const leaving = { ...attack, randomStart: true, stopWhenFooled: true };
  const queries = Math.min(SQUARE_QUERIES, SQUARE_QUERIES_PER_STEP * attack.steps);
  return [
    CLEAN_RUN,
    ...gradientRuns(leaving, 'apgd', 'ce', classes, 'apgd-ce'),
    ...gradientRuns(leaving, 'apgd', 'dlr-targeted', classes, 'apgd-t'),
    fabRun(attack, 'fab-t'),
    squareRun(attack, queries, attack.steps, 'square'),
  ];
}

/**
 * Runs an attack and keeps, image by image, the worst it found: a fooled image before one that is
 * not, then the smaller margin. PGD and noise run on every image again at each restart, unless
 * fooled images stop; the others leave a fooled image alone.
 *
 * @throws FaptError `logits-not-finite`
 */
export function* attackSteps(
  problem: AttackProblem,
  attack: EvaluationAttack,
): AttackSteps<WorstCase> {
  const { labels, pixels, classes } = problem;
  const runs = runsOf(attack, classes);
  const total = runs.reduce((sum, { cost }) => sum + cost, 0);
  const worst = new WorstCase(labels.length, pixels.size / labels.length);
  const again = ['pgd', 'noise'].includes(attack.name) && !attack.stopWhenFooled;
  let before = 0;
  for (const { name, cost, run } of runs) {
    const rows = again ? [...labels.keys()] : worst.survivors;
    if (rows.length === 0) break;
    const part = subProblem(problem, rows);
    try {
      const steps = run(part);
      let next = steps.next();
      try {
        for (; !next.done; next = steps.next()) yield (before + next.value * cost) / total;
      } finally {
        if (!next.done) steps.return(undefined as never);
      }
      const taken = worst.take(next.value, rows, name);
      problem.watch?.runEnded(taken);
    } finally {
      part.dispose();
    }
    before += cost;
    yield before / total;
  }
  return worst;
}
