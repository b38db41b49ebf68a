import type {
  EvaluationDocument,
  EvaluationReport,
  WorstCase,
} from '../../../shared/api-results.ts';
import { describeAttack, formatSize } from '../../../shared/attack.ts';
import type { AttackSanity } from '../../../shared/attack-sanity.ts';
import { describeSubset } from './describe-run.ts';
import { formatShare } from './table.ts';

type Described = {
  run: Pick<EvaluationDocument['run'], 'id' | 'method'>;
  evaluation: EvaluationReport;
};

/** One evaluation in a few lines: numbers with intervals, protocol, badge. */
export function describeEvaluation({ run, evaluation }: Described): string {
  const { attack, classes, dataset, n } = evaluation;
  const where = classes === 'all' ? dataset : `${dataset}, ${classes} classes`;
  const lines = [
    `run ${run.id} (${run.method}) on ${where}, ${describeSubset(attack.subset, n)}, n = ${n}`,
  ];
  lines.push(
    `  natural accuracy ${withInterval(evaluation.naturalAccuracy, evaluation.naturalCi)}`,
  );
  if (evaluation.robustAccuracy !== null) {
    lines.push(
      `  ${nameOf(evaluation)} ${withInterval(evaluation.robustAccuracy, evaluation.robustCi)}: ${describeAttack(attack)}`,
    );
  }
  if (evaluation.sanity) lines.push(...describeSanity(evaluation.sanity));
  return lines.join('\n');
}

/** Numbers that count differently bear different names. */
function nameOf({ attack }: EvaluationReport): string {
  if (attack.name === 'noise') return 'accuracy under noise';
  if (attack.source) return 'transfer accuracy';
  return attack.stopWhenFooled ? 'any-step robust accuracy' : 'robust accuracy ';
}

function withInterval(share: number | null, ci: readonly [number, number] | null): string {
  if (share === null || ci === null) return 'not measured';
  return `${formatShare(share)} (95 % ${formatShare(ci[0])} to ${formatShare(ci[1])})`;
}

const BADGES: Record<AttackSanity['badge'], string> = {
  sound: 'attack sound',
  doubtful: 'ATTACK DOUBTFUL',
  unchecked: 'attack not checked',
};

function describeSanity({ badge, checks }: AttackSanity): string[] {
  return [
    `  ${BADGES[badge]}`,
    ...checks.map(({ name, status, reason }) => `    ${status.padEnd(9)} ${name}: ${reason}`),
  ];
}

/** The worst of several attacks, and which they were. */
export function describeWorstCase(worst: WorstCase): string {
  const size = `${worst.norm === 'l2' ? 'l2 ' : ''}eps ${formatSize(worst.norm, worst.epsilon)}`;
  const attacks = worst.attacks.map(describeAttack).join('; ');
  return `worst case of ${worst.attacks.length} attacks at ${size}: ${withInterval(worst.robustAccuracy, worst.ci)}, n = ${worst.n} (${attacks})`;
}
