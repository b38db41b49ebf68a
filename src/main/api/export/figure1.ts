import { type Explanation, explainInputSchema } from '../../../shared/api/attribution.ts';
import type { EvaluationAttack } from '../../../shared/attack.ts';
import { type RunStyle, SYMBOLS } from '../../../shared/charts/run-style.ts';
import { symmetricLimit } from '../../../shared/color-scale.ts';
import { FaptError } from '../../../shared/errors.ts';
import { METHODS } from '../../../shared/method-catalogue.ts';
import type { MethodName } from '../../../shared/run-config.ts';
import { type Drawing, frameFigure } from '../../export/figure/frame-figure.ts';
import type { View } from '../../export/figure1/view.ts';
import { overlayPng, picturePng } from '../../export/map-image.ts';
import { pngUri } from '../../export/report/html.ts';
import type { RunRow } from '../../store/runs.ts';
import type { App } from '../app.ts';
import { comparedImages, type SeenImage } from '../compare/compared-images.ts';
import { resolveSides } from '../compare/sides.ts';
import { explain } from '../explain.ts';
import { namedGroups, protocolOf } from './accuracy-table.ts';
import { runsNamed, runTitle } from './runs-named.ts';

export type Figure1Options = {
  /** All runs of (b). */
  runs: readonly string[];
  /** Of (a): seen clean and attacked; null: FAP's, else zero-shot's, of the seed of `ours`. */
  baseline: string | null;
  /** Of (a): seen under its own attack; null: the first run of CBA-FAPT. */
  ours: string | null;
  /** Path of the test image in (a); null: the first that the attack takes from one, not the other. */
  example: string | null;
};

const PICTURE_WIDTH = 256;
const LOGITS = 3;

/**
 * A figure of the kind a paper opens with, from runs of one's own: (a) one image clean, attacked and
 * stabilised; (b) natural against robust accuracy.
 * @throws FaptError `usage` where a run for (a) is not among them; `no-telling-image`
 * where none tells the two apart
 */
export async function figure1(app: App, options: Figure1Options): Promise<Drawing> {
  const runs = runsNamed(app.db, options.runs);
  const ours =
    options.ours === null ? ofMethod(runs, ['cba-fapt'], null) : named(app, options.ours);
  const baseline =
    options.baseline === null
      ? ofMethod(runs, ['fap', 'zero-shot'], ours.seed)
      : named(app, options.baseline);
  const { attack, example } = seenBy(app, baseline, ours, options.example);
  const explained = [
    await explainTest(app, baseline, example, attack),
    await explainTest(app, ours, example, attack),
  ];
  const [before, after] = explained as [Explanation, Explanation];
  const limit = symmetricLimit(
    explained.flatMap(({ maps, words }) => [
      maps.clean,
      maps.adversarial,
      words.map(({ clean }) => clean),
      words.map(({ adversarial }) => adversarial),
    ]),
  );
  const views = [
    await viewOf('Clean', before, 'clean', baseline, limit),
    await viewOf('Attacked', before, 'adversarial', baseline, limit),
    await viewOf('Stabilised', after, 'adversarial', ours, limit),
  ];
  const groups = namedGroups(app.db, runs);
  const points = groups.flatMap(({ title, natural, robust }, index) =>
    natural && robust ? [{ name: title, style: styleOf(index), natural, robust }] : [],
  );
  const note = [
    `(a) ${example}: ${runTitle(baseline)}, clean and under ${before.adversary.protocol}; ${runTitle(ours)} under ${attack ? 'the same kind of attack made on it' : after.adversary.protocol}. Dashed frames are learned words.`,
    `(b) ${protocolOf(app.db, runs, groups)}`,
  ].join(' ');
  // ECharts takes a moment to load, which no other command should wait for.
  const { drawFigure1 } = await import('../../export/figure1/draw-figure1.ts');
  return frameFigure({ ...drawFigure1(views, points, limit), title: null, note, hidden: [] });
}

/** No two of the first twenty look alike: ten colours, four markers. */
function styleOf(index: number): RunStyle {
  const symbol = SYMBOLS[(index + Math.floor(index / 20)) % SYMBOLS.length] ?? 'circle';
  return { color: index, dash: 'solid', symbol };
}

function named({ db }: App, id: string): RunRow {
  return runsNamed(db, [id])[0];
}

function ofMethod(
  runs: readonly RunRow[],
  methods: readonly MethodName[],
  seed: number | null,
): RunRow {
  for (const method of methods) {
    const found = runs.filter((run) => run.method === method);
    const run = found.find((one) => one.seed === seed) ?? found[0];
    if (run) return run;
  }
  const titles = methods.map((method) => METHODS[method].title).join(' or ');
  throw new FaptError(
    'usage',
    `None of these runs is of ${titles}: name the runs of panel (a) by --baseline and --ours.`,
  );
}

/** The attack that both runs met, so that unlike is not laid beside unlike, and the image. */
function seenBy({ db }: App, baseline: RunRow, ours: RunRow, example: string | null) {
  const sides = resolveSides(db, { a: [baseline.id], b: [ours.id] });
  const { attack: common, robust } = comparedImages(db, sides, null);
  // Images of a transfer are made on a run of its own.
  const attack = common?.source ? null : common;
  if (example !== null) return { attack, example };
  const found = robust?.[0]?.images.find(isTelling);
  if (found) return { attack, example: found.id };
  throw new FaptError(
    'no-telling-image',
    `No attacked image is right when clean for both runs and lost by ${baseline.id} alone: name an image (--example), or other runs for panel (a).`,
  );
}

/** Right when clean for both; the attack takes it from the first alone. */
function isTelling({ label, a, b }: SeenImage): boolean {
  const isRight = a.clean === label && b.clean === label;
  return isRight && a.adversarial !== label && b.adversarial === label;
}

function explainTest(
  app: App,
  run: RunRow,
  example: string,
  attack: EvaluationAttack | null,
): Promise<Explanation> {
  const input = { run: run.id, image: { from: 'test', example }, adversary: { attack } };
  return explain(app, explainInputSchema.parse(input));
}

async function viewOf(
  title: string,
  found: Explanation,
  side: 'clean' | 'adversarial',
  run: RunRow,
  limit: number,
): Promise<View> {
  const { classNames, image, predicted, logits, words, maps, grid } = found;
  const pixels = { size: found.pixels.size, values: found.pixels[side] };
  const ranked = logits[side]
    .map((value, index) => ({ index, value }))
    .sort((a, b) => b.value - a.value);
  const shown = ranked.filter(({ index }, rank) => rank < LOGITS || index === image.label);
  return {
    title,
    method: METHODS[run.method].title,
    picture: pngUri(await picturePng(pixels, PICTURE_WIDTH)),
    overlay: pngUri(await overlayPng(pixels, { values: maps[side], grid }, limit, PICTURE_WIDTH)),
    words: words.map(({ text, learned, ...values }) => ({ text, learned, value: values[side] })),
    logits: shown.map(({ index, value }) => ({
      name: classNames[index] ?? `class ${index}`,
      value,
      isTrue: index === image.label,
    })),
    predicted: classNames[predicted[side]] ?? '',
    isRight: predicted[side] === image.label,
  };
}
