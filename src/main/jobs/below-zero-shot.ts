import type { Warning } from '../../shared/results.ts';
import { say } from '../../shared/sentence.ts';
import type { App } from '../api/app.ts';
import type { Database } from '../store/database.ts';
import { type EvaluationRow, naturalTwins } from '../store/evaluations.ts';
import { getRun } from '../store/runs.ts';
import { recordWarning } from '../store/warnings.ts';

/**
 * Says it where tuned prompts see clean images worse than zero-shot CLIP does: of the same weights, on the
 * very same images, whichever of the two was evaluated first.
 */
export function noteBelowZeroShot(app: App, evaluation: EvaluationRow): void {
  for (const twin of naturalTwins(app.db, evaluation)) {
    const isBase = isZeroShot(app.db, evaluation);
    if (isBase === isZeroShot(app.db, twin)) continue;
    const [base, tuned] = isBase ? [evaluation, twin] : [twin, evaluation];
    if (tuned.cleanRight >= base.cleanRight) continue;
    const warning = belowZeroShot(tuned, base);
    recordWarning(app.db, { evaluationId: tuned.id }, warning);
    app.note(`Warning: ${warning.message}`);
    // One comparison says it; the newest is compared.
    if (!isBase) return;
  }
}

function isZeroShot(db: Database, { runId }: EvaluationRow): boolean {
  return runId !== null && getRun(db, runId).method === 'zero-shot';
}

function belowZeroShot(tuned: EvaluationRow, base: EvaluationRow): Warning {
  const percent = ({ cleanRight, n }: EvaluationRow) => ((100 * cleanRight) / n).toFixed(1);
  return {
    code: 'below-zero-shot',
    message: say('warning.below-zero-shot', {
      ...{ run: tuned.runId ?? '', tuned: percent(tuned) },
      ...{ base: base.runId ?? '', zeroShot: percent(base), n: base.n },
    }),
  };
}
