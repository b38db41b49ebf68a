import { formatNumber } from '../format/numbers.ts';
import type { Say } from '../locales/use-english.ts';
import type { FigureSetting } from './figure-layers.ts';
import type { MapFigure } from './figure-layout.ts';
import { differenceRow, type FigureSubject, subjectRow } from './figure-rows.ts';

/** The screen's maps as one figure, with what its numbers need to be understood. */
export function mapFigure(
  t: Say,
  subjects: readonly FigureSubject[],
  setting: FigureSetting,
): MapFigure {
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
      ...subjects.map((subject) => subjectRow(t, subject, setting)),
      ...(setting.difference ? [differenceRow(t, first, setting.difference, setting)] : []),
    ],
  };
}
