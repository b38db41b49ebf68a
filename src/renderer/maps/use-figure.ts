import { useI18n } from 'vue-i18n';
import type { Explanation } from '../../shared/api/attribution.ts';
import { formatNumber } from '../format/numbers.ts';
import { protocolPhrases } from '../format/protocol.ts';
import { type ExplainedMaps, explainedMaps } from './explained-maps.ts';
import {
  type FigureSetting,
  mapLayers,
  perturbationLayers,
  type TileKey,
} from './figure-layers.ts';
import type { FigureLogits } from './figure-logits.ts';
import { formatSigned } from './format-signed.ts';
import { logitRange, logitRows } from './logit-rows.ts';
import type { FigureRow, FigureTile, MapFigure } from './map-figure.ts';
import { magnification } from './rasters.ts';
import { sharedLimit } from './scale.ts';
import { SQUARE, wholeScene } from './scene.ts';
import { isZero, type SignedMap } from './signed-map.ts';
import { wordItems } from './word-items.ts';

export type FigureSubject = { explanation: Explanation; name: string; whose: string };
/** The screen's maps as one figure, with what its numbers need to be understood. */
export function useFigure() {
  const { t } = useI18n();

  function protocolOf({ adversary }: Explanation): string {
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

  function rowOf({ explanation, name, whose }: FigureSubject, setting: FigureSetting): FigureRow {
    const maps = explainedMaps(explanation);
    const { adversary, drift } = explanation;
    const words = (key: TileKey) =>
      wordItems(explanation, setting.display.pieces, (word) =>
        key === 'change' ? word.adversarial - word.clean : word[key],
      );
    const tile = (key: TileKey, line: string): FigureTile => ({
      ...mapTile(explanation, key, maps[key], setting),
      words: words(key),
      lines: [line],
      logits: key === 'change' ? null : logitsOf(explanation, key),
    });
    const moved = { l2: formatNumber(drift.imageL2), kl: formatNumber(drift.textKl) };
    const size = { linf: formatNumber(adversary.linf * 255), l2: formatNumber(adversary.l2) };
    return {
      name,
      note: `${whose} ${protocolOf(explanation)}`,
      tiles: [
        tile('clean', answerOf(explanation, 'clean')),
        tile('adversarial', answerOf(explanation, 'adversarial')),
        tile('change', t('attribution.figure.drift', moved)),
        {
          ...mapTile(explanation, 'adversarial', maps.change, setting),
          title: t('attribution.tiles.perturbation'),
          note: t('attribution.factor', { factor: magnification(adversary.linf) }),
          layers: perturbationLayers(explanation, setting),
          lines: [t('attribution.size', size)],
        },
      ],
    };
  }

  function answerOf(explanation: Explanation, side: 'clean' | 'adversarial'): string {
    const { image, classNames, predicted, margins, loss } = explanation;
    return t('attribution.predicted', {
      truth: t(`attribution.labels.${image.labelFrom}`),
      class: classNames[predicted[side]] ?? '',
      margin: formatSigned(margins[side][image.label] ?? Number.NaN),
      loss: formatNumber(loss[side]),
    });
  }

  function logitsOf(
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
    explanation: Explanation,
    key: TileKey,
    map: SignedMap,
    setting: FigureSetting,
  ): FigureTile {
    return {
      title: t(`attribution.tiles.${key}`),
      note: scaleNote(map, setting),
      scene: setting.whole ? wholeScene(setting.whole.position) : SQUARE,
      layers: mapLayers(explanation, key, map, setting),
      words: [],
      lines: [],
      logits: null,
    };
  }

  function differenceRow(
    explanation: Explanation,
    maps: ExplainedMaps,
    setting: FigureSetting,
  ): FigureRow {
    const tiles = (['clean', 'adversarial', 'change'] as const).map((key) =>
      mapTile(explanation, key, maps[key], setting),
    );
    return { name: t('attribution.aMinusB'), note: t('attribution.aMinusBWhat'), tiles };
  }

  function scaleNote(map: SignedMap, { display, limit }: FigureSetting): string {
    if (isZero(map)) return t('attribution.scale.zero');
    const end = display.shared ? limit : sharedLimit([map]);
    return t('attribution.scale.end', { value: formatNumber(end) });
  }

  function figureOf(subjects: readonly FigureSubject[], setting: FigureSetting): MapFigure {
    const first = subjects[0]?.explanation;
    if (!first) throw new RangeError('a figure of no explanation');
    const end = setting.display.shared ? formatNumber(setting.limit) : '';
    return {
      title: t('attribution.figure.title', {
        truth: t(`attribution.labels.${first.image.labelFrom}`),
        image: first.image.name,
        class: first.classNames[first.image.label] ?? '',
      }),
      lines: [
        t('attribution.explains', { class: first.target.name, text: first.target.text }),
        t('attribution.figure.what'),
        t('attribution.figure.wordScale', { value: formatNumber(setting.wordLimit) }),
      ],
      scale: {
        low: t('attribution.scale.against', { value: `−${end}` }),
        high: t('attribution.scale.for', { value: `+${end}` }),
        opacity: setting.display.opacity,
      },
      wordLimit: setting.wordLimit,
      view: setting.view,
      rows: [
        ...subjects.map((subject) => rowOf(subject, setting)),
        ...(setting.difference ? [differenceRow(first, setting.difference, setting)] : []),
      ],
    };
  }
  return figureOf;
}
