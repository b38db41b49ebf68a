import { describeAttack, type EvaluationAttack, formatSize } from '../../shared/attack.ts';
import type { Outcome } from '../../shared/results.ts';

/** One side of a comparison: its outcomes and the protocol behind them. */
export type ComparedEvaluation = {
  name: string;
  outcomes: readonly Outcome[];
  attack: EvaluationAttack;
  /** Outcomes without attack over more images, where there are such; natural accuracy is then theirs. */
  natural?: readonly Outcome[];
  modelHash: string;
  splitHash: string;
};

/** What makes two evaluations no measurements of the same thing, one phrase each. */
export function unlikeProtocols(a: ComparedEvaluation, b: ComparedEvaluation): string[] {
  return [
    ...unlikeHash('the weights of the model', a.modelHash, b.modelHash),
    ...unlikeHash('the splits of the dataset', a.splitHash, b.splitHash),
    ...unlikeAttacks(a.attack, b.attack),
    ...unlikeExamples(a.outcomes, b.outcomes, 'the test images'),
    ...unlikeExamples(a.natural ?? [], b.natural ?? [], 'the test images without attack'),
  ];
}

function unlikeHash(what: string, a: string, b: string): string[] {
  return a === b ? [] : [`${what} differ (${a.slice(0, 8)} and ${b.slice(0, 8)})`];
}

/** In what two attacks differ, the images that they ran on aside. */
export function unlikeAttacks(a: EvaluationAttack, b: EvaluationAttack): string[] {
  if (a.name !== b.name)
    return [`the attacks differ (${describeAttack(a)} and ${describeAttack(b)})`];
  if (a.name === 'none') return [];
  const shown = (attack: EvaluationAttack): [string, string][] => [
    ['norm', attack.norm],
    ['loss', attack.loss],
    ['eps', formatSize(attack.norm, attack.epsilon)],
    ['step size', formatSize(attack.norm, attack.stepSize)],
    ['steps', String(attack.steps)],
    ['restarts', String(attack.restarts)],
    ['random start', String(attack.randomStart)],
    ['iterate', attack.iterate],
    ['target classes', String(attack.targetClasses)],
    ['what counts', attack.stopWhenFooled ? 'any step' : 'the last step'],
    ['whose images', attack.source ?? 'its own'],
    ['border', attack.frame],
  ];
  const others = shown(b);
  return shown(a).flatMap(([key, value], index) => {
    const other = others[index]?.[1];
    return value === other ? [] : [`the attacks differ in ${key} (${value} and ${other})`];
  });
}

function unlikeExamples(a: readonly Outcome[], b: readonly Outcome[], what: string): string[] {
  const labels = new Map(a.map(({ id, label }) => [id, label]));
  const common = b.filter(({ id }) => labels.has(id));
  const relabelled = common.filter(({ id, label }) => labels.get(id) !== label);
  const unlike: string[] = [];
  if (common.length !== a.length || common.length !== b.length) {
    unlike.push(`${what} differ (${a.length} and ${b.length}, ${common.length} in common)`);
  }
  if (relabelled.length > 0) {
    unlike.push(`the labels of ${relabelled.length} images differ, first: ${relabelled[0]?.id}`);
  }
  return unlike;
}
