import { evaluationAttackSchema } from '../../shared/attack.ts';
import type { ClassSet, MethodName } from '../../shared/run-config.ts';
import type { App } from '../api/app.ts';
import type { StepTimer } from '../api/estimate.ts';
import { chooseClasses } from '../datasets/class-set.ts';
import { attackSteps } from '../protocols/estimate-cells.ts';
import { getDataset } from '../store/datasets.ts';
import type { ModelRow } from '../store/models.ts';
import { all } from '../store/statement.ts';

/** The newest steps of a training that its speed is read from. */
const STEPS_READ = 50;
/** Runs and evaluations that are looked through for one of the same number of classes. */
const LOOKED_AT = 200;

type Trained = { id: string; datasetId: string; classes: ClassSet };
type Tested = Trained & { attack: string; n: number; milliseconds: number };

/**
 * A timer that reads how long the same steps took in this workspace, on this very engine; NaN for what
 * was never measured, or what `otherwise` times.
 */
export async function createMeasuredTimer(
  app: App,
  model: ModelRow,
  otherwise?: StepTimer,
): Promise<StepTimer> {
  const engine = JSON.stringify(await app.environment());
  const known = new Map<string, Promise<number>>();
  const once = (key: string, read: () => number | null, time?: () => Promise<number>) => {
    const found = known.get(key) ?? timed(read(), time);
    known.set(key, found);
    return found;
  };
  return {
    trainingStep: (config, classes) =>
      once(
        ['train', config.method, config.batchSize, classes].join(),
        () => {
          const { method, batchSize } = config;
          return trainingSeconds(app, { model, engine, classes, method, batchSize });
        },
        otherwise && (() => otherwise.trainingStep(config, classes)),
      ),
    imageStep: (method, classes) =>
      once(
        ['eval', method, classes].join(),
        () => imageSeconds(app, { model, engine, classes, method }),
        otherwise && (() => otherwise.imageStep(method, classes)),
      ),
  };
}

async function timed(read: number | null, time?: () => Promise<number>): Promise<number> {
  return read ?? (time ? await time() : Number.NaN);
}

type Wanted = { model: ModelRow; engine: string; classes: number; method: MethodName };

/** Median seconds of the newest steps of the newest such training. */
function trainingSeconds(app: App, wanted: Wanted & { batchSize: number }): number | null {
  const runs = all<Trained>(
    app.db,
    `SELECT id, dataset_id AS datasetId, coalesce(json_extract(config, '$.classes'), 'all') AS classes
     FROM runs WHERE model_id = ? AND method = ? AND environment = ? AND step > 0
       AND status = 'finished'
       AND json_extract(config, '$.batchSize') = ? ORDER BY created_at DESC LIMIT ?`,
    wanted.model.id,
    wanted.method,
    wanted.engine,
    wanted.batchSize,
    LOOKED_AT,
  );
  const run = runs.find((found) => classesOf(app, found) === wanted.classes);
  if (!run) return null;
  const steps = all<{ value: number }>(
    app.db,
    `SELECT value FROM metrics WHERE run_id = ? AND name = 'seconds' AND value > 0
     ORDER BY step DESC LIMIT ?`,
    run.id,
    STEPS_READ,
  );
  const seconds = steps.map(({ value }) => value).sort((a, b) => a - b);
  return seconds[Math.floor(seconds.length / 2)] ?? null;
}

/** Seconds of one step of one image in the newest attack of a run of this method. */
function imageSeconds(app: App, wanted: Wanted): number | null {
  const tests = all<Tested>(
    app.db,
    `SELECT evaluations.run_id AS id, evaluations.dataset_id AS datasetId, evaluations.classes, attack,
       evaluations.n, evaluations.ended_at - evaluations.started_at AS milliseconds
     FROM evaluations JOIN runs ON runs.id = evaluations.run_id
     WHERE runs.model_id = ? AND runs.method = ? AND evaluations.environment = ?
       AND evaluations.status = 'finished' AND evaluations.attacked > 0
     ORDER BY evaluations.id DESC LIMIT ?`,
    wanted.model.id,
    wanted.method,
    wanted.engine,
    LOOKED_AT,
  );
  const found = tests.find((test) => classesOf(app, test) === wanted.classes);
  if (!found || found.milliseconds <= 0) return null;
  const attack = evaluationAttackSchema.parse(JSON.parse(found.attack));
  return found.milliseconds / 1000 / attackSteps(attack, wanted.classes, found.n, found.n);
}

function classesOf({ db }: App, { datasetId, classes }: Trained): number {
  return chooseClasses(db, getDataset(db, datasetId), classes).labels.length;
}
