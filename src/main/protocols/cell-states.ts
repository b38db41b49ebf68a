import type { ProtocolRun } from '../../shared/api-protocol.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { App } from '../api/app.ts';
import { trainingSteps } from '../api/estimate.ts';
import { findAlike, findMadeAnywhere } from '../api/find-alike.ts';
import { chooseClasses, ofClasses } from '../datasets/class-set.ts';
import { fewShot } from '../datasets/few-shot.ts';
import { testSubset } from '../datasets/subset.ts';
import { type EvaluationRow, findEvaluation } from '../store/evaluations.ts';
import { imagesByPath } from '../store/images.ts';
import type { RunRow } from '../store/runs.ts';
import type { Cell, PlannedTest } from './plan.ts';
import type { PreparedProtocol } from './prepare.ts';

/** One evaluation of a run and how much of it there is. */
export type TestState = {
  test: PlannedTest;
  /** Test images that it is about. */
  images: number;
  classes: number;
  evaluation: EvaluationRow | null;
};

/** A cell and what the workspace has of it. */
export type CellState = {
  cell: Cell;
  state: ProtocolRun['state'];
  run: RunRow | null;
  /** In the order of the cell's tests; one protocol of a test stands once. */
  tests: TestState[];
  /** Training steps that are left. */
  stepsLeft: number;
};

/**
 * What the workspace has of every cell, in the order of the plan.
 * @param options.elsewhere whether finished runs of other machines and engines count too
 */
export async function cellStates(
  app: App,
  prepared: PreparedProtocol,
  { elsewhere = false }: { elsewhere?: boolean } = {},
): Promise<CellState[]> {
  const look = createLook(app, prepared);
  const states: CellState[] = [];
  for (const cell of prepared.plan.cells) {
    const found = elsewhere
      ? await findMadeAnywhere(app, cell.config)
      : [await findAlike(app, cell.config)];
    const candidates = (found.length > 0 ? found : [null]).map((run) => stateOf(look, cell, run));
    const done = candidates.find(({ state }) => state === 'finished');
    states.push(done ?? (candidates[0] as CellState));
  }
  return states;
}

function stateOf(look: Look, cell: Cell, run: RunRow | null): CellState {
  const tests = cell.tests.map((test) => look.test(test, run));
  const stepsLeft = run?.status === 'finished' ? 0 : look.steps(cell) - (run?.step ?? 0);
  const isDone = run?.status === 'finished' && tests.every(isFinished);
  const state = isDone ? 'finished' : run === null ? 'missing' : 'partial';
  return { cell, state, run, tests, stepsLeft };
}

export function isFinished({ evaluation }: TestState): boolean {
  return evaluation?.status === 'finished';
}

/** Tests that are left; those that stand in several columns are one. */
export function testsLeft({ tests }: CellState): TestState[] {
  const left = tests.filter((test) => !isFinished(test));
  return [
    ...new Map(
      left.map((entry) => {
        const { dataset, classes, measure } = entry.test;
        return [JSON.stringify([dataset, classes, measure]), entry];
      }),
    ).values(),
  ];
}

type Look = ReturnType<typeof createLook>;

/** Looks at datasets once, however many cells ask. */
function createLook(app: App, { datasets }: PreparedProtocol) {
  const known = new Map<string, { ids: string[]; classes: number }>();
  const datasetOf = (name: string) => {
    const dataset = datasets.get(name);
    if (!dataset) throw new RangeError(`no dataset ${name} was prepared`);
    return dataset;
  };
  return {
    test(test: PlannedTest, run: RunRow | null): TestState {
      const dataset = datasetOf(test.dataset);
      const key = JSON.stringify([dataset.id, test.classes, test.attack.subset]);
      let about = known.get(key);
      if (!about) {
        const chosen = chooseClasses(app.db, dataset, test.classes);
        const ids = testSubset(app.db, dataset, chosen, test.attack.subset);
        about = { ids, classes: chosen.labels.length };
        known.set(key, about);
      }
      const { ids, classes } = about;
      const wanted = { attack: test.attack, datasetId: dataset.id, classes: test.classes, ids };
      const evaluation = run && findEvaluation(app.db, { runId: run.id, ...wanted });
      return { test, images: ids.length, classes, evaluation };
    },
    steps({ config }: Cell): number {
      if (!METHODS[config.method].tuned) return 0;
      const dataset = datasetOf(config.dataset);
      const { images } = fewShot(app.db, dataset, config.shots, config.seed);
      const drawn = [...imagesByPath(app.db, dataset.id, 'train', images).values()];
      const chosen = chooseClasses(app.db, dataset, config.classes);
      return trainingSteps(config, ofClasses(drawn, chosen).length);
    },
  };
}

/** A cell for people and documents. */
export function protocolRun(state: CellState): ProtocolRun {
  const { method, dataset, shots, seed } = state.cell.config;
  return {
    title: state.cell.title,
    method,
    dataset,
    shots,
    seed,
    state: state.state,
    run: state.run?.id ?? null,
    stepsLeft: state.stepsLeft,
    evaluationsLeft: testsLeft(state).length,
  };
}
