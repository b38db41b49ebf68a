import type { EvaluationAttack } from '../../shared/attack.ts';
import { symmetricLimit } from '../../shared/color-scale.ts';
import type { Attribution } from '../../shared/engine-contract.ts';
import { overlayPng, picturePng } from '../export/map-image.ts';
import type { ChosenImage } from '../export/report/choose-images.ts';
import { pngUri } from '../export/report/html.ts';
import type {
  ReportData,
  ReportImage,
  ReportImageMethod,
  ReportView,
} from '../export/report/report-data.ts';
import type { RunRow } from '../store/runs.ts';
import type { App } from './app.ts';
import { attributionOf } from './attribute.ts';
import { classNamesOf } from './compare/sides.ts';

/** Width in pixels that pictures and maps have at least. */
const PICTURE_WIDTH = 192;
const TOP_LOGITS = 3;

/** A run of a report and the name it goes by there. */
export type ReportRun = { run: RunRow; title: string };

/**
 * Images before two runs of one dataset, clean and under an attack on each run itself, on one colour
 * scale.
 * @param attack null: each run's newest
 */
export async function reportImages(
  app: App,
  pair: readonly ReportRun[],
  chosen: readonly ChosenImage[],
  attack: EvaluationAttack | null = null,
): Promise<Pick<ReportData, 'images' | 'scaleLimit'>> {
  const explained = await explainAll(app, pair, chosen, attack);
  const maps = explained.flatMap(({ sides }) => sides.map(({ attribution }) => attribution));
  const scaleLimit = symmetricLimit(
    maps.flatMap(({ image, text }) => [
      image.clean,
      image.adversarial,
      text.clean,
      text.adversarial,
    ]),
  );
  const classNames = classNamesOf(app.db, (pair[0] as ReportRun).run);
  const images: ReportImage[] = [];
  for (const one of explained) images.push(await reportImage(one, classNames, scaleLimit));
  return { images, scaleLimit };
}

type Explained = ChosenImage & {
  label: number;
  sides: { title: string; attribution: Attribution }[];
};

async function explainAll(
  app: App,
  pair: readonly ReportRun[],
  chosen: readonly ChosenImage[],
  attack: EvaluationAttack | null,
): Promise<Explained[]> {
  const explained: Explained[] = [];
  for (const [index, image] of chosen.entries()) {
    const sides: Explained['sides'] = [];
    let label = 0;
    for (const { run, title } of pair) {
      const found = await attributionOf(app, run, image.id, attack);
      label = found.label;
      sides.push({ title, attribution: found.attribution });
    }
    explained.push({ ...image, label, sides });
    app.report({ stage: 'report', done: index + 1, total: chosen.length });
  }
  return explained;
}

async function reportImage(
  { id, reason, label, sides }: Explained,
  classNames: string[],
  limit: number,
): Promise<ReportImage> {
  const methods: ReportImageMethod[] = [];
  for (const { title, attribution } of sides) {
    methods.push({
      title,
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
