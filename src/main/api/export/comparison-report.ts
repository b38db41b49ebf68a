import type { SidesReport } from '../../../shared/api/compare.ts';
import { describeAttack, type EvaluationAttack } from '../../../shared/attack.ts';
import { METHODS } from '../../../shared/method-catalogue.ts';
import type { ChosenImage } from '../../export/report/choose-images.ts';
import type { Fact } from '../../export/report/report-data.ts';
import { getDataset } from '../../store/datasets.ts';
import { getModel } from '../../store/models.ts';
import type { RunRow } from '../../store/runs.ts';
import type { App } from '../app.ts';
import { compareSides } from '../compare/compare-sides.ts';
import { comparedImages } from '../compare/compared-images.ts';
import { resolveSides, type Sides } from '../compare/sides.ts';
import { demoCautions, settingFacts } from '../demo-facts.ts';
import { reportImages } from '../report-images.ts';
import { trainingCurves } from '../training-curves.ts';

export type ComparisonReportOptions = {
  /** Run ids of each side. */
  a: string[];
  b: string[];
  /** Images with their maps that are shown at most. */
  images: number;
};

/**
 * A comparison of two sides as one HTML page: verdict, tables, the images on which they differ with
 * maps of both, training, protocol. Progress goes to `app.report`.
 * @throws FaptError `run-unknown`, `side-mixed`, `not-comparable`
 */
export async function comparisonReport(
  app: App,
  { a, b, images }: ComparisonReportOptions,
): Promise<string> {
  const input = { a, b, attack: null };
  const report = await compareSides(app.db, input);
  const sides = resolveSides(app.db, input);
  const [first] = sides.pairs;
  const titled = [
    { run: first.a, title: sides.names.a },
    { run: first.b, title: sides.names.b },
  ];
  const chosen = chosenImages(app, sides, images);
  const shown = await reportImages(app, titled, chosen, ownAttack(report));
  const dataset = getDataset(app.db, first.a.datasetId);
  const all = demoCautions(dataset);
  // ECharts takes a moment to load, which no other command should wait for.
  const { renderComparison } = await import('../../export/report/comparison-page.ts');
  return renderComparison({
    report,
    cautions: report.demo ? all : all.slice(1),
    facts: factsOf(app, report, sides),
    curves: [...sides.a, ...sides.b]
      .filter(({ method }) => METHODS[method].tuned)
      .map((run) => trainingCurves(app.db, run)),
    stability: [],
    ...shown,
    imageRule: `Images are chosen by rule, not by hand: in test order, in turn, the first that only ${sides.names.a} and the first that only ${sides.names.b} has right ${report.robust ? 'under attack' : 'without attack'}, at seed ${first.seed}; ${images} at most.`,
  });
}

/** The attack of the verdict, which the images are of too; of a transfer each has its own. */
function ownAttack({ attack }: SidesReport): EvaluationAttack | null {
  return attack?.source ? null : attack;
}

/** In turn what only the one and only the other has right, in test order. */
function chosenImages(app: App, sides: Sides, images: number): ChosenImage[] {
  const { natural, robust } = comparedImages(app.db, sides, null);
  const [seen] = robust ?? natural;
  const rightOf = (title: string, isWanted: (a: boolean, b: boolean) => boolean) =>
    (seen?.images ?? [])
      .filter(({ label, a, b }) =>
        isWanted((a.adversarial ?? a.clean) === label, (b.adversarial ?? b.clean) === label),
      )
      .map(({ id }) => ({ id, reason: `Only ${title} has it right.` }));
  const onlyA = rightOf(sides.names.a, (a, b) => a && !b);
  const onlyB = rightOf(sides.names.b, (a, b) => b && !a);
  const longest = Math.max(onlyA.length, onlyB.length);
  const inTurn = Array.from({ length: longest }, (_, i) => [onlyA[i] ?? [], onlyB[i] ?? []]);
  return inTurn.flat(2).slice(0, images);
}

function factsOf(app: App, report: SidesReport, { a, b, names }: Sides): Fact[] {
  const [first] = a as [RunRow];
  const dataset = getDataset(app.db, first.datasetId);
  const model = getModel(app.db, first.modelId);
  const { attack, natural, robust } = report;
  return [
    ...settingFacts(dataset, model),
    { name: 'natural accuracy', value: `${natural.n} test images, no attack` },
    ...(robust && attack
      ? [
          {
            name: 'robust accuracy',
            value: `${robust.n} test images, ${describeAttack(attack)}, white box on each run`,
          },
        ]
      : []),
    sideFact(names.a, a),
    sideFact(names.b, b),
    { name: 'environment', value: JSON.stringify(first.environment) },
  ];
}

function sideFact(title: string, runs: readonly RunRow[]): Fact {
  const [{ method, shots, config }] = runs as [RunRow];
  const seeds = runs.map(({ id, seed }) => `${id} (seed ${seed})`).join(', ');
  const training = METHODS[method].tuned
    ? `${shots} shots a class, ${config.epochs} epochs, batch ${config.batchSize}, template "${config.prompts.template}"; `
    : '';
  return { name: title, value: `${METHODS[method].title}, ${training}runs ${seeds}` };
}
