import { type EvaluationAttack, formatSize } from '../../shared/attack.ts';
import type { Outcome } from '../../shared/results.ts';
import { type Sentence, type SentenceCode, sentence } from '../../shared/sentence.ts';

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
export function unlikeProtocols(a: ComparedEvaluation, b: ComparedEvaluation): Sentence[] {
  return [
    ...unlikeHash('unlike.weights', a.modelHash, b.modelHash),
    ...unlikeHash('unlike.splits', a.splitHash, b.splitHash),
    ...unlikeAttacks(a.attack, b.attack),
    ...unlikeExamples('unlike.images', a.outcomes, b.outcomes),
    ...unlikeExamples('unlike.clean-images', a.natural ?? [], b.natural ?? []),
  ];
}

function unlikeHash(code: 'unlike.weights' | 'unlike.splits', a: string, b: string): Sentence[] {
  return a === b ? [] : [sentence(code, { a: a.slice(0, 8), b: b.slice(0, 8) })];
}

/** In what two attacks differ, the images that they ran on aside. */
export function unlikeAttacks(a: EvaluationAttack, b: EvaluationAttack): Sentence[] {
  if (a.name !== b.name)
    return [sentence('unlike.attacks', { a: { attack: a }, b: { attack: b } })];
  if (a.name === 'none') return [];
  const others = settingsOf(b);
  return settingsOf(a).flatMap(([setting, value], index) => {
    const other = others[index]?.[1] ?? '';
    if (shown(value) === shown(other)) return [];
    return [sentence('unlike.attack-setting', { setting: sentence(setting), a: value, b: other })];
  });
}

type Setting = Extract<SentenceCode, `setting.${string}`>;

function settingsOf(attack: EvaluationAttack): [Setting, Sentence | string][] {
  return [
    ['setting.norm', attack.norm],
    ['setting.loss', attack.loss],
    ['setting.epsilon', formatSize(attack.norm, attack.epsilon)],
    ['setting.step-size', formatSize(attack.norm, attack.stepSize)],
    ['setting.steps', String(attack.steps)],
    ['setting.restarts', String(attack.restarts)],
    ['setting.random-start', sentence(`setting.random-start.${attack.randomStart}`)],
    ['setting.iterate', sentence(`setting.iterate.${attack.iterate}`)],
    ['setting.target-classes', String(attack.targetClasses)],
    ['setting.counts', sentence(`setting.counts.${attack.stopWhenFooled ? 'any' : 'last'}-step`)],
    ['setting.source', attack.source ?? sentence('setting.source.own')],
    ['setting.frame', sentence(`setting.frame.${attack.frame}`)],
  ];
}

const shown = (value: Sentence | string) => (typeof value === 'string' ? value : value.message);

function unlikeExamples(
  code: 'unlike.images' | 'unlike.clean-images',
  a: readonly Outcome[],
  b: readonly Outcome[],
): Sentence[] {
  const labels = new Map(a.map(({ id, label }) => [id, label]));
  const common = b.filter(({ id }) => labels.has(id));
  const relabelled = common.filter(({ id, label }) => labels.get(id) !== label);
  const unlike: Sentence[] = [];
  if (common.length !== a.length || common.length !== b.length) {
    unlike.push(sentence(code, { a: a.length, b: b.length, common: common.length }));
  }
  const [first] = relabelled;
  if (first) unlike.push(sentence('unlike.labels', { n: relabelled.length, first: first.id }));
  return unlike;
}
