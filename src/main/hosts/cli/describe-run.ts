import type { RunReport } from '../../../shared/api-results.ts';
import { describeAttack } from '../../../shared/attack.ts';
import { formatShare } from './table.ts';

/** A run in a few lines; every number stands beside its n and its attack. */
export function describeRun(run: RunReport): string {
  const lines = [
    `run ${run.id}: ${run.method} on ${run.dataset} with ${run.model}, ${run.shots} shots, seed ${run.seed}, ${run.status}`,
  ];
  if (run.statusReason) lines.push(`  ${run.statusReason}`);
  if (run.totalSteps !== null) lines.push(`  trained ${run.step} of ${run.totalSteps} steps`);
  if (run.naturalAccuracy !== null) {
    lines.push(`  natural accuracy ${formatShare(run.naturalAccuracy)} (n = ${run.naturalN})`);
  }
  if (run.robustAccuracy !== null && run.attack) {
    lines.push(
      `  robust accuracy  ${formatShare(run.robustAccuracy)} (n = ${run.n}, ${describeSubset(run.attack.subset, run.n ?? 0)}, ${describeAttack(run.attack)})`,
    );
  }
  for (const { message } of run.warnings) lines.push(`  warning: ${message}`);
  return lines.join('\n');
}

/** Which test images an accuracy over `n` of them is about. */
export function describeSubset(subset: number | null, n: number): string {
  const isAll = subset === null || n < subset;
  return isAll ? 'all test images' : 'the first test images of each class';
}
