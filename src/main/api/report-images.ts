import type { EvaluationAttack } from '../../shared/attack.ts';
import { symmetricLimit } from '../../shared/color-scale.ts';
import type { Attribution } from '../../shared/engine-contract.ts';
import type { ExplainedWord } from '../../shared/explained-parts.ts';
import { explainedTokens, mergeWords } from '../../shared/merge-words.ts';
import { say } from '../../shared/sentence.ts';
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
  const scaleLimit = symmetricLimit(
    explained
      .flatMap(({ sides }) => sides)
      .flatMap(({ attribution: { image }, words }) => [
        image.clean,
        image.adversarial,
        words.map(({ clean }) => clean),
        words.map(({ adversarial }) => adversarial),
      ]),
  );
  const classNames = classNamesOf(app.db, (pair[0] as ReportRun).run);
  const images: ReportImage[] = [];
  for (const one of explained) images.push(await reportImage(one, classNames, scaleLimit));
  return { images, scaleLimit };
}

type Explained = ChosenImage & {
  label: number;
  sides: { title: string; attribution: Attribution; words: ExplainedWord[] }[];
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
      sides.push({ title, attribution: found.attribution, words: wordsOf(found.attribution) });
    }
    explained.push({ ...image, label, sides });
    app.report({ stage: say('stage.report'), done: index + 1, total: chosen.length });
  }
  return explained;
}

/** Pieces of one word are one, as on the screen. */
function wordsOf({ tokens, learned, text }: Attribution): ExplainedWord[] {
  return mergeWords(explainedTokens(tokens, learned, text.clean, text.adversarial));
}

async function reportImage(
  { id, reason, label, sides }: Explained,
  classNames: string[],
  limit: number,
): Promise<ReportImage> {
  const methods: ReportImageMethod[] = [];
  for (const { title, attribution, words } of sides) {
    methods.push({
      title,
      targetText: attribution.targetText,
      tokens: words.map(({ text }) => text),
      drift: attribution.drift,
      clean: await reportView(attribution, words, 'clean', label, classNames, limit),
      adversarial: await reportView(attribution, words, 'adversarial', label, classNames, limit),
    });
  }
  return { id, reason, trueClass: classNames[label] ?? `class ${label}`, methods };
}

async function reportView(
  attribution: Attribution,
  words: readonly ExplainedWord[],
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
    words: words.map((word) => word[side]),
    predicted: ranked[0]?.name ?? '',
    isRight: ranked[0]?.index === label,
    margin: (attribution.logits[side][label] ?? Number.NaN) - bestOther,
    top: ranked
      .filter(({ index }, rank) => rank < TOP_LOGITS || index === label)
      .map(({ name, logit }) => ({ name, logit })),
  };
}
