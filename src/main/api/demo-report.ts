import type { StabilityRow as StabilityNumbers } from '../../shared/engine-contract.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import { say } from '../../shared/sentence.ts';
import { chooseImages, IMAGE_RULE } from '../export/report/choose-images.ts';
import type { ReportData, StabilityRow } from '../export/report/report-data.ts';
import { mean } from '../statistics/seeds.ts';
import { getDataset } from '../store/datasets.ts';
import { listOutcomes, summarizeRun } from '../store/outcomes.ts';
import type { RunRow } from '../store/runs.ts';
import type { App } from './app.ts';
import { demoCautions, demoFacts } from './demo-facts.ts';
import type { DemoRun } from './demo-runs.ts';
import type { DemoNumbers } from './demo-summary.ts';
import { measureStability } from './measure-stability.ts';
import { reportImages } from './report-images.ts';
import { trainingCurves } from './training-curves.ts';

/** Gathers all that the report shows: of the first seed where it is about single images. */
export async function demoReportData(
  app: App,
  made: DemoRun[],
  numbers: DemoNumbers,
): Promise<ReportData> {
  const pair = (['fap', 'cba-fapt'] as const).map((method) => runOf(made, method));
  const drifts: StabilityNumbers[][] = [];
  for (const run of pair) {
    const stage = say('stage.maps-of', { name: METHODS[run.method].title });
    drifts.push((await measureStability(app, run, { stage, curves: false })).rows);
  }
  const chosen = chooseImages(outcomesOf(app, pair[0]), outcomesOf(app, pair[1]), largest(drifts));
  const titled = pair.map((run) => ({ run, title: METHODS[run.method].title }));
  const shown = await reportImages(app, titled, chosen);
  const dataset = getDataset(app.db, (pair[0] as RunRow).datasetId);
  return {
    numbers,
    cautions: demoCautions(dataset),
    facts: await demoFacts(app, made, numbers, dataset),
    curves: made
      .filter(({ run }) => METHODS[run.method].tuned)
      .map(({ run }) => trainingCurves(app.db, run)),
    stability: pair.map((run, index) => stabilityRow(run, drifts[index] ?? [])),
    ...shown,
    imageRule: IMAGE_RULE,
  };
}

function runOf(made: DemoRun[], method: RunRow['method']): RunRow {
  const found = made.find((entry) => entry.method === method);
  if (!found) throw new TypeError(`the demo has no run of ${method}`);
  return found.run;
}

function outcomesOf(app: App, run: RunRow | undefined) {
  const { robustEvaluation } = run ? summarizeRun(app.db, run.id) : { robustEvaluation: null };
  return robustEvaluation === null ? [] : listOutcomes(app.db, robustEvaluation);
}

function largest(drifts: StabilityNumbers[][]): Map<string, number> {
  const result = new Map<string, number>();
  for (const { id, imageL2 } of drifts.flat()) {
    result.set(id, Math.max(imageL2, result.get(id) ?? 0));
  }
  return result;
}

function stabilityRow(run: RunRow, rows: StabilityNumbers[]): StabilityRow {
  return {
    title: METHODS[run.method].title,
    n: rows.length,
    imageL2: mean(rows.map(({ imageL2 }) => imageL2)),
    textKl: mean(rows.map(({ textKl }) => textKl)),
  };
}
