import { useI18n } from 'vue-i18n';
import type { Explanation } from '../../shared/api/attribution.ts';
import { formatNumber } from '../format/numbers.ts';
import { protocolPhrases } from '../format/protocol.ts';
import { explainedMaps, pixelsOf } from './explained-maps.ts';
import { formatSigned } from './format-signed.ts';
import type { MapDisplay } from './map-display.ts';
import type { FigureRow, FigureTile, MapFigure } from './map-figure.ts';
import { type TileLayers, toImage } from './paint.ts';
import {
  greyRaster,
  magnification,
  mapRaster,
  perturbationRaster,
  pictureRaster,
} from './rasters.ts';
import { sharedLimit } from './scale.ts';
import { SQUARE, wholeScene } from './scene.ts';
import { isZero, type SignedMap } from './signed-map.ts';
import type { WholePicture } from './use-picture.ts';
import type { View } from './view.ts';
import { wordItems } from './word-items.ts';

export type FigureSubject = { explanation: Explanation; name: string; whose: string };
export type FigureSetting = {
  display: MapDisplay;
  limit: number;
  wordLimit: number;
  view: View;
  whole: WholePicture | null;
};

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
    const { image, classNames, predicted, margins, loss, adversary } = explanation;
    const factor = magnification(adversary.linf);
    const words = (read: (word: { clean: number; adversarial: number }) => number) =>
      wordItems(explanation, setting.display.pieces, read);
    const answer = (side: 'clean' | 'adversarial') =>
      t('attribution.predicted', {
        class: classNames[predicted[side]] ?? '',
        margin: formatSigned(margins[side][image.label] ?? Number.NaN),
        loss: formatNumber(loss[side]),
      });
    const tile = (key: 'clean' | 'adversarial' | 'change', lines: string[]): FigureTile => ({
      title: t(`attribution.tiles.${key}`),
      note: scaleNote(maps[key], setting),
      scene: setting.whole ? wholeScene(setting.whole.position) : SQUARE,
      layers: layersOf(explanation, key, maps[key], setting),
      words: words((word) => (key === 'change' ? word.adversarial - word.clean : word[key])),
      lines,
    });
    const perturbation = perturbationRaster(
      pixelsOf(explanation, 'clean'),
      pixelsOf(explanation, 'adversarial'),
      factor,
    );
    const { drift } = explanation;
    return {
      name,
      note: `${whose} ${protocolOf(explanation)}`,
      tiles: [
        tile('clean', [answer('clean')]),
        tile('adversarial', [answer('adversarial')]),
        tile('change', [
          t('attribution.figure.drift', {
            l2: formatNumber(drift.imageL2),
            kl: formatNumber(drift.textKl),
          }),
        ]),
        {
          ...tile('change', [
            t('attribution.size', {
              linf: formatNumber(adversary.linf * 255),
              l2: formatNumber(adversary.l2),
            }),
          ]),
          title: t('attribution.tiles.perturbation'),
          note: t('attribution.factor', { factor }),
          layers: {
            surroundings: setting.whole?.bitmap ?? null,
            picture: toImage(perturbation),
            map: null,
          },
          words: [],
        },
      ],
    };
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
        image: first.image.name,
        class: first.classNames[first.image.label] ?? '',
      }),
      lines: [
        t('attribution.explains', { class: first.target.name, text: first.target.text }),
        t('attribution.figure.what'),
      ],
      scale: {
        low: t('attribution.scale.against', { value: `−${end}` }),
        high: t('attribution.scale.for', { value: `+${end}` }),
        opacity: setting.display.opacity,
      },
      wordLimit: setting.wordLimit,
      view: setting.view,
      rows: subjects.map((subject) => rowOf(subject, setting)),
    };
  }
  return figureOf;
}

function layersOf(
  explanation: Explanation,
  key: 'clean' | 'adversarial' | 'change',
  map: SignedMap,
  { display, limit, whole }: FigureSetting,
): TileLayers {
  const pixels = pixelsOf(explanation, key === 'clean' ? 'clean' : 'adversarial');
  const end = display.shared ? limit : sharedLimit([map]);
  return {
    surroundings: whole?.bitmap ?? null,
    picture: toImage(pictureRaster(pixels)),
    map: {
      grey: toImage(greyRaster(pixels)),
      colors: toImage(mapRaster(map, end, display.smooth)),
      opacity: display.opacity,
      smooth: display.smooth,
    },
  };
}
