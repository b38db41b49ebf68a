import { symmetricLimit } from '../../shared/color-scale.ts';
import type {
  Attribution,
  StabilityRow as StabilityNumbers,
} from '../../shared/engine-contract.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import { overlayPng, picturePng } from '../export/map-image.ts';
import { type ChosenImage, chooseImages, IMAGE_RULE } from '../export/report/choose-images.ts';
import { pngUri } from '../export/report/html.ts';
import type {
  ReportData,
  ReportImage,
  ReportImageMethod,
  ReportView,
  StabilityRow,
} from '../export/report/report-data.ts';
import { mean } from '../statistics/seeds.ts';
import { type DatasetRow, getDataset } from '../store/datasets.ts';
import { listOutcomes, summarizeRun } from '../store/outcomes.ts';
import type { RunRow } from '../store/runs.ts';
import type { App } from './app.ts';
import { attributionOf } from './attribute.ts';
import { demoCautions, demoFacts } from './demo-facts.ts';
import type { DemoRun } from './demo-runs.ts';
import type { DemoNumbers } from './demo-summary.ts';
import { measureStability } from './measure-stability.ts';
import { trainingCurves } from './training-curves.ts';

/** Width in pixels that pictures and maps have at least. */
const PICTURE_WIDTH = 192;
const TOP_LOGITS = 3;

/** Gathers all that the report shows: of the first seed where it is about single images. */
export async function demoReportData(
  app: App,
  made: DemoRun[],
  numbers: DemoNumbers,
): Promise<ReportData> {
  const pair = (['fap', 'cba-fapt'] as const).map((method) => runOf(made, method));
  const drifts: StabilityNumbers[][] = [];
  for (const run of pair) {
    const stage = `maps of ${METHODS[run.method].title}`;
    drifts.push((await measureStability(app, run, { stage, curves: false })).rows);
  }
  const chosen = chooseImages(outcomesOf(app, pair[0]), outcomesOf(app, pair[1]), largest(drifts));
  const explained = await explainAll(app, pair, chosen);
  const maps = explained.flatMap(({ sides }) => sides.map(({ attribution }) => attribution));
  const scaleLimit = symmetricLimit(
    maps.flatMap(({ image, text }) => [
      image.clean,
      image.adversarial,
      text.clean,
      text.adversarial,
    ]),
  );
  const dataset = getDataset(app.db, (pair[0] as RunRow).datasetId);
  const images: ReportImage[] = [];
  for (const one of explained) images.push(await reportImage(one, dataset, scaleLimit));
  return {
    numbers,
    cautions: demoCautions(dataset),
    facts: await demoFacts(app, made, numbers, dataset),
    curves: made
      .filter(({ run }) => METHODS[run.method].tuned)
      .map(({ run }) => trainingCurves(app.db, run)),
    stability: pair.map((run, index) => stabilityRow(run, drifts[index] ?? [])),
    images,
    imageRule: IMAGE_RULE,
    scaleLimit,
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

type Explained = ChosenImage & {
  label: number;
  sides: { run: RunRow; attribution: Attribution }[];
};

async function explainAll(app: App, pair: RunRow[], chosen: ChosenImage[]): Promise<Explained[]> {
  const explained: Explained[] = [];
  for (const [index, image] of chosen.entries()) {
    const sides: Explained['sides'] = [];
    let label = 0;
    for (const run of pair) {
      const found = await attributionOf(app, run, image.id);
      label = found.label;
      sides.push({ run, attribution: found.attribution });
    }
    explained.push({ ...image, label, sides });
    app.report({ stage: 'report', done: index + 1, total: chosen.length });
  }
  return explained;
}

async function reportImage(
  { id, reason, label, sides }: Explained,
  { classNames }: DatasetRow,
  limit: number,
): Promise<ReportImage> {
  const methods: ReportImageMethod[] = [];
  for (const { run, attribution } of sides) {
    methods.push({
      title: METHODS[run.method].title,
      targetText: attribution.targetText,
      tokens: attribution.tokens,
      drift: attribution.drift,
      clean: await reportView(attribution, 'clean', label, classNames, limit),
      adversarial: await reportView(attribution, 'adversarial', label, classNames, limit),
    });
  }
  return { id, reason, trueClass: classNames[label] ?? `class ${label}`, methods };
}

async function reportView(
  attribution: Attribution,
  side: 'clean' | 'adversarial',
  label: number,
  classNames: string[],
  limit: number,
): Promise<ReportView> {
  const pixels = { size: attribution.pixels.size, values: attribution.pixels[side] };
  const map = { values: attribution.image[side], grid: attribution.grid };
  const ranked = attribution.logits[side]
    .map((logit, index) => ({ index, name: classNames[index] ?? `class ${index}`, logit }))
    .sort((a, b) => b.logit - a.logit);
  const bestOther = ranked.find(({ index }) => index !== label)?.logit ?? Number.NaN;
  return {
    picture: pngUri(await picturePng(pixels, PICTURE_WIDTH)),
    overlay: pngUri(await overlayPng(pixels, map, limit, PICTURE_WIDTH)),
    words: attribution.text[side],
    predicted: ranked[0]?.name ?? '',
    isRight: ranked[0]?.index === label,
    margin: (attribution.logits[side][label] ?? Number.NaN) - bestOther,
    top: ranked
      .filter(({ index }, rank) => rank < TOP_LOGITS || index === label)
      .map(({ name, logit }) => ({ name, logit })),
  };
}
