import { type Line, type LineChartInput, SUM_STYLE } from '../../shared/charts/line-option.ts';
import { DASHES, runStyle, SYMBOLS } from '../../shared/charts/run-style.ts';
import type { RunConfig } from '../../shared/run-config.ts';
import { byName, type Metric, toPoints, withPrefix } from '../charts/series.ts';
import { formatBytes, formatPercent, formatShare } from '../format/numbers.ts';
import { termWeights } from './term-weights.ts';

export type ChartKey =
  | 'raw'
  | 'weighted'
  | 'shares'
  | 'probe'
  | 'imageDrift'
  | 'textDrift'
  | 'learningRate'
  | 'gradientNorm'
  | 'memory';
type Chart = { key: ChartKey; input: Omit<LineChartInput, 'isDark'> };
type Translate = (key: string) => string;

/** The charts of a training that have anything to show, in their order on the page. */
export function chartInputs(
  metrics: readonly Metric[],
  config: RunConfig,
  runId: string,
  t: Translate,
): Chart[] {
  const series = byName(metrics);
  const weights = termWeights(config);
  const ofRun = runStyle(runId);
  const terms = inOrder(withPrefix(series, 'terms.'), [...weights.keys()]);
  const lines: Record<ChartKey, Line[]> = {
    raw: toLines(terms, t),
    weighted: [
      ...toLines(scaled(terms, weights), t),
      ...single(series.get('loss'), SUM_STYLE, t('live.terms.total')),
    ],
    shares: toLines(inOrder(withPrefix(series, 'gradientShares.'), [...weights.keys()]), t),
    probe: toLines(withPrefix(series, 'probe.'), t),
    imageDrift: ofImages(withPrefix(series, 'drift.image/')),
    textDrift: ofImages(withPrefix(series, 'drift.text/')),
    learningRate: single(series.get('learningRate'), ofRun, t('live.charts.learningRate')),
    gradientNorm: single(series.get('gradientNorm'), ofRun, t('live.charts.gradientNorm')),
    memory: single(series.get('peakRssBytes'), ofRun, t('live.charts.memory')),
  };
  return (Object.keys(lines) as ChartKey[])
    .filter((key) => lines[key].length > 0)
    .map((key) => ({ key, input: toInput(key, lines[key], t) }));
}

/** How values are written where plain numbers would not do. */
const VALUES: Partial<Record<ChartKey, (value: number) => string>> = {
  shares: (value) => formatShare(value, 'en'),
  probe: (value) => formatPercent(value, 'en'),
  memory: (value) => formatBytes(value, 'en'),
};

function toInput(key: ChartKey, lines: Line[], t: Translate): Chart['input'] {
  const formatValue = VALUES[key];
  return {
    lines,
    xName: t('live.step'),
    yName: '',
    // Shares of 70 % and of 0.05 % in one picture.
    logarithmic: key === 'shares',
    description: `${t(`live.charts.${key}`)}. ${t(`live.chartsWhat.${key}`)}`,
    ...(formatValue ? { formatValue } : {}),
  };
}

/** A term keeps its place in the palette whatever other terms a method has. */
const TERM_PLACES = ['nat', 'adv', 'vaa', 'taa', 'refine', 'constrain', 'natural', 'robust'];

function toLines(terms: ReadonlyMap<string, Metric[]>, t: Translate): Line[] {
  return [...terms].map(([term, points]) => {
    const place = Math.max(0, TERM_PLACES.indexOf(term));
    return {
      name: t(`live.terms.${term}`),
      points: toPoints(points),
      style: {
        color: place,
        dash: DASHES[place % DASHES.length] ?? 'solid',
        symbol: SYMBOLS[place % SYMBOLS.length] ?? 'circle',
      },
    };
  });
}

/** One line a pinned image, in the look that its path gives it. */
function ofImages(images: ReadonlyMap<string, Metric[]>): Line[] {
  return [...images].map(([path, points]) => ({
    name: path,
    points: toPoints(points),
    style: runStyle(path),
  }));
}

/** Series in the order of these names; others are left out. */
function inOrder(series: ReadonlyMap<string, Metric[]>, names: readonly string[]) {
  return new Map(
    names.flatMap((name) => (series.has(name) ? [[name, series.get(name) ?? []]] : [])),
  );
}

function scaled(terms: ReadonlyMap<string, Metric[]>, weights: ReadonlyMap<string, number>) {
  return new Map(
    [...terms].map(([term, points]) => [
      term,
      points.map((point) => ({ ...point, value: point.value * (weights.get(term) ?? 1) })),
    ]),
  );
}

function single(points: Metric[] | undefined, style: Line['style'], name: string): Line[] {
  return points && points.length > 0 ? [{ name, points: toPoints(points), style }] : [];
}
