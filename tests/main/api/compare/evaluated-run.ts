import { createEvaluation, setEvaluationStatus } from '../../../../src/main/store/evaluations.ts';
import { recordOutcomes } from '../../../../src/main/store/outcomes.ts';
import type { RunRow } from '../../../../src/main/store/runs.ts';
import type { EvaluationAttack } from '../../../../src/shared/attack.ts';
import type { TestApp } from '../../fixtures/test-app.ts';

/** The six test images of the tiny dataset's first two classes, in the order of the split. */
export const IDS = [0, 1].flatMap((label) =>
  [0, 1, 2].map((index) => ({ id: `class${label}/test-${index}.png`, label })),
);

/**
 * Stores a finished evaluation of the first images. A digit is the class that an image is taken for,
 * without attack and, where there is one, under it.
 */
export function evaluate(
  app: Pick<TestApp, 'db'>,
  run: RunRow,
  attack: EvaluationAttack,
  clean: string,
  adversarial: string | null = null,
): void {
  const images = IDS.slice(0, clean.length);
  const { id: runId, datasetId, seed } = run;
  const { id } = createEvaluation(app.db, {
    runId,
    modelId: null,
    datasetId,
    attack,
    ids: images.map((image) => image.id),
    seed,
    environment: {},
  });
  const outcomes = images.map(({ id: image, label }, index) => {
    const [before, after] = [Number(clean[index]), adversarial && Number(adversarial[index])];
    const fellAt = before !== label ? 0 : after === null || after === label ? null : 1;
    return {
      id: image,
      label,
      clean: before,
      adversarial: after === null ? null : Number(after),
      margin: (after ?? before) === label ? 1 : -1,
      fellAt,
      perturbation: null,
    };
  });
  recordOutcomes(app.db, id, outcomes);
  setEvaluationStatus(app.db, id, 'running');
  setEvaluationStatus(app.db, id, 'finished');
}
