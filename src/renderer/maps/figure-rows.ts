import type { Explanation } from '../../shared/api/attribution.ts';
import { formatNumber } from '../format/numbers.ts';
import { protocolPhrases } from '../format/protocol.ts';
import type { Say } from '../locales/use-english.ts';
import { type ExplainedMaps, explainedMaps } from './explained-maps.ts';
import {
  type FigureSetting,
  mapLayers,
  perturbationLayers,
  type TileKey,
} from './figure-layers.ts';
import type { FigureRow, FigureTile } from './figure-layout.ts';
import type { FigureLogits } from './figure-logits.ts';
import { formatSigned } from './format-signed.ts';
import { logitRange, logitRows } from './logit-rows.ts';
import { magnification } from './rasters.ts';
import { sharedLimit } from './scale.ts';
import { SQUARE, wholeScene } from './scene.ts';
import { isZero, type SignedMap } from './signed-map.ts';
import { wordItems } from './word-items.ts';

export type FigureSubject = { explanation: Explanation; name: string; whose: string };

function protocolOf(t: Say, { adversary }: Explanation): string {
  const phrases = protocolPhrases(adversary.attack, null).map(({ key, values }) =>
    t(`protocol.${key}`, values),
  );
  const step =
    adversary.step === null
      ? t('attribution.answer')
      : t('attribution.atStep', { step: adversary.step });
  return [
    ...phrases,
    step,
    t('common.seed', { seed: adversary.seed }),
    t(`attribution.source.${adversary.source}`),
  ].join(', ');
}

/** One run's tiles with what was answered and whose attack it was. */
export function subjectRow(
  t: Say,
  { explanation, name, whose }: FigureSubject,
  setting: FigureSetting,
): FigureRow {
  const maps = explainedMaps(explanation);
  const { adversary, drift } = explanation;
  const words = (key: TileKey) =>
    wordItems(explanation, setting.display.pieces, (word) =>
      key === 'change' ? word.adversarial - word.clean : word[key],
    );
  const tile = (key: TileKey, line: string): FigureTile => ({
    ...mapTile(t, explanation, key, maps[key], setting),
    words: words(key),
    lines: [line],
    logits: key === 'change' ? null : logitsOf(t, explanation, key),
  });
  const moved = { l2: formatNumber(drift.imageL2), kl: formatNumber(drift.textKl) };
  const size = { linf: formatNumber(adversary.linf * 255), l2: formatNumber(adversary.l2) };
  return {
    name,
    note: `${whose} ${protocolOf(t, explanation)}`,
    tiles: [
      tile('clean', answerOf(t, explanation, 'clean')),
      tile('adversarial', answerOf(t, explanation, 'adversarial')),
      tile('change', t('attribution.figure.drift', moved)),
      {
        ...mapTile(t, explanation, 'adversarial', maps.change, setting),
        title: t('attribution.tiles.perturbation'),
        note: t('attribution.factor', { factor: magnification(adversary.linf) }),
        layers: perturbationLayers(explanation, setting),
        lines: [t('attribution.size', size)],
      },
    ],
  };
}

function answerOf(t: Say, explanation: Explanation, side: 'clean' | 'adversarial'): string {
  const { image, classNames, predicted, margins, loss } = explanation;
  return t('attribution.predicted', {
    truth: t(`attribution.labels.${image.labelFrom}`),
    class: classNames[predicted[side]] ?? '',
    margin: formatSigned(margins[side][image.label] ?? Number.NaN),
    loss: formatNumber(loss[side]),
  });
}

function logitsOf(
  t: Say,
  { logits, margins, classNames, image, target }: Explanation,
  side: 'clean' | 'adversarial',
): FigureLogits {
  const always = [image.label, ...(target.label === null ? [] : [target.label])];
  const range = logitRange([logits.clean, logits.adversarial]);
  const shown = { logits: logits[side], margins: margins[side] };
  return {
    head: {
      class: t('attribution.logits.class'),
      logit: t('attribution.logits.logit'),
      margin: t('attribution.logits.margin'),
    },
    rows: logitRows(shown, classNames, { always, range }),
    truth: image.label,
  };
}

function mapTile(
  t: Say,
  explanation: Explanation,
  key: TileKey,
  map: SignedMap,
  setting: FigureSetting,
): FigureTile {
  return {
    title: t(`attribution.tiles.${key}`),
    note: scaleNote(t, map, setting),
    scene: setting.whole ? wholeScene(setting.whole.position) : SQUARE,
    layers: mapLayers(explanation, key, map, setting),
    words: [],
    lines: [],
    logits: null,
  };
}

/** A - B, on the images that A was shown. */
export function differenceRow(
  t: Say,
  explanation: Explanation,
  maps: ExplainedMaps,
  setting: FigureSetting,
): FigureRow {
  const tiles = (['clean', 'adversarial', 'change'] as const).map((key) =>
    mapTile(t, explanation, key, maps[key], setting),
  );
  return { name: t('attribution.aMinusB'), note: t('attribution.aMinusBWhat'), tiles };
}

function scaleNote(t: Say, map: SignedMap, { display, limit }: FigureSetting): string {
  if (isZero(map)) return t('attribution.scale.zero');
  const end = display.shared ? limit : sharedLimit([map]);
  return t('attribution.scale.end', { value: formatNumber(end) });
}
