import { createEvaluation, setEvaluationStatus } from '../../src/main/store/evaluations.ts';
import { recordOutcomes } from '../../src/main/store/outcomes.ts';
import { listRuns } from '../../src/main/store/run-list.ts';
import { createRun, getRun, type RunRow } from '../../src/main/store/runs.ts';
import { openWorkspace } from '../../src/main/workspace/workspace.ts';
import { evaluationAttackSchema } from '../../src/shared/attack.ts';
import { METHOD_NAMES } from '../../src/shared/run-config.ts';

export type ManyRuns = { runs: number; metrics: number; measured: number };
type Store = Awaited<ReturnType<typeof openWorkspace>>['db'];

/** Adds runs like the newest one of a workspace: `metrics` rows each, outcomes for some. */
export async function addManyRuns(workspace: string, { runs, metrics, measured }: ManyRuns) {
  const opened = await openWorkspace(workspace, { write: true, log: () => {} });
  const { db } = opened;
  const model = getRun(db, listRuns(db)[0]?.id ?? 'none');
  db.transaction(() => {
    for (let number = 0; number < runs; number += 1) {
      const id = addRun(db, model, number);
      if (number < measured) measure(db, model, id, number % 10);
    }
    db.prepare(
      `WITH RECURSIVE steps (at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM steps WHERE at < ?)
       INSERT INTO metrics (run_id, name, step, epoch, value)
       SELECT id, 'loss', at, 1, 3.0 / at FROM runs, steps
       WHERE true ON CONFLICT DO NOTHING`,
    ).run(metrics);
  })();
  opened.close();
}

function addRun(db: Store, model: RunRow, number: number): string {
  const method = METHOD_NAMES[number % METHOD_NAMES.length] ?? 'fap';
  const seed = 1 + (Math.floor(number / METHOD_NAMES.length) % 3);
  const { datasetId, modelId, modelHash, splitHash } = model;
  const config = { ...model.config, method, seed, epochs: 1 + Math.floor(number / 36) };
  const { id } = createRun(db, {
    config,
    ...{ datasetId, modelId, modelHash, splitHash, environment: {} },
  });
  db.prepare(`UPDATE runs SET status = 'finished', created_at = created_at - ? WHERE id = ?`).run(
    number * 1000,
    id,
  );
  return id;
}

/** Ten images, `right` of them right under attack. */
function measure(db: Store, { datasetId }: RunRow, runId: string, right: number): void {
  const ids = Array.from({ length: 10 }, (_, index) => `class0/test-${index}.png`);
  const attack = evaluationAttackSchema.parse({ name: 'pgd' });
  const given = { runId, modelId: null, datasetId, attack, ids, seed: 1, environment: {} };
  const { id } = createEvaluation(db, given);
  setEvaluationStatus(db, id, 'running');
  const rest = { label: 0, clean: 0, margin: 0, fellAt: null, perturbation: null };
  recordOutcomes(
    db,
    id,
    ids.map((image, index) => ({ ...rest, id: image, adversarial: index < right ? 0 : 1 })),
  );
  setEvaluationStatus(db, id, 'finished');
}
