import type { ComparedBlock, SidesReport } from '../../../shared/api/compare.ts';
import { describeAttack } from '../../../shared/attack.ts';
import { type DifferenceRow, differenceOption } from '../../../shared/charts/difference-option.ts';
import { verdictText } from '../../statistics/verdict.ts';
import { drawChart } from '../figure/draw-chart.ts';
import { escapeHtml as e, percent, points, short } from './html.ts';
import { type ImageSectionData, imageSection } from './image-section.ts';
import { renderPage } from './page.ts';
import type { ReportData } from './report-data.ts';
import { curvesSection, protocolSection, verdictHtml } from './sections.ts';

/** Two sides, each of one run or of several that differ in their seed alone. */
export type ComparisonData = ImageSectionData &
  Pick<ReportData, 'cautions' | 'facts' | 'curves'> & { report: SidesReport };

const CONTENTS = [
  ['verdict', 'Verdict'],
  ['images', 'Image by image'],
  ['why', 'Why'],
  ['training', 'Training'],
  ['protocol', 'Protocol'],
] as const;

/** A comparison as one HTML document that needs no other file and no network. */
export function renderComparison(data: ComparisonData): string {
  const { a, b } = data.report;
  const title = `${b.title} against ${a.title} on ${a.dataset}`;
  const main = [
    verdictSection(data.report),
    pairsSection(data.report),
    imageSection(data),
    curvesSection(data),
    protocolSection(data),
    differencesOfSettings(data.report),
  ];
  return renderPage({
    title,
    lead: `Is ${b.title} better than ${a.title} here, where, and why?`,
    cautions: data.cautions,
    contents: CONTENTS,
    main: main.join(''),
  });
}

function verdictSection(report: SidesReport): string {
  const { verdict, unlike, leftOut } = report;
  const cautions = [...unlike, ...leftOut].map(
    ({ message }) => `<p class="caution">${e(message)}</p>`,
  );
  const rows = blocksOf(report).map(([name, block]) => {
    const cell = ({ accuracy, overSeeds, ci }: ComparedBlock['a']) => {
      const spread = overSeeds?.std != null ? ` &plusmn; ${(100 * overSeeds.std).toFixed(1)}` : '';
      const interval = ci ? ` <small>${percent(ci[0])} to ${percent(ci[1])}</small>` : '';
      return `<td>${percent(accuracy)}${spread}${interval}</td>`;
    };
    const [low, high] = block.ci;
    const resampled = block.bootstrap.ci
      ? `${points(block.bootstrap.ci[0])} to ${points(block.bootstrap.ci[1])}`
      : 'not measured';
    const detectable = block.detectable === null ? 'none' : points(block.detectable);
    return `<tr><th scope="row">${e(name)} (n = ${block.n})</th>${cell(block.a)}${cell(block.b)}<td>${points(block.delta)}</td><td>${points(low)} to ${points(high)}</td><td>${resampled}</td><td>${short(block.mcnemar.p)}</td><td>${detectable}</td></tr>`;
  });
  const seeds = seedsOf(report);
  return `<section><h2 id="verdict">Verdict</h2>${verdictHtml(verdictText(verdict))}${cautions.join('')}
<table class="numbers"><caption>Accuracy over ${seeds}; difference ${e(report.b.title)} minus ${e(report.a.title)} in points, 95 % intervals: over images (Bonett-Price), and resampling seeds and ${report.natural.bootstrap.clustered ? 'clusters of images' : 'images'} (${report.natural.bootstrap.resamples} resamples).</caption>
<thead><tr><th scope="col" class="name">Measure</th><th scope="col">${e(report.a.title)}</th><th scope="col">${e(report.b.title)}</th><th scope="col">Difference</th><th scope="col">Over images</th><th scope="col">Resampled</th><th scope="col">p (exact)</th><th scope="col">Could show</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`;
}

/** Natural first; the attack's name stands beside every robust number. */
function blocksOf({ natural, robust, attack }: SidesReport): [string, ComparedBlock][] {
  const blocks: [string, ComparedBlock][] = [['Natural accuracy, no attack', natural]];
  if (robust && attack) blocks.push([`Robust accuracy, ${describeAttack(attack)}`, robust]);
  return blocks;
}

function seedsOf({ natural: { pairs } }: SidesReport): string {
  const seeds = pairs.map(({ seed }) => seed);
  return seeds.length > 1 ? `seeds ${seeds.join(', ')}` : `seed ${seeds[0]}`;
}

/** Who is right where, and the differences pair by pair as a chart and as a table. */
function pairsSection(report: SidesReport): string {
  const tables = blocksOf(report).map(([name, block]) => countsTable(report, name, block));
  return `<section><h2 id="images">Image by image</h2><div class="pair">${tables.join('')}</div>${differences(report)}</section>`;
}

function countsTable({ a, b }: SidesReport, name: string, { table, pairs, n }: ComparedBlock) {
  const { both, onlyA, onlyB, neither } = table;
  const summed = pairs.length > 1 ? `, summed over ${pairs.length} pairs` : '';
  return `<table class="counts"><caption>${e(name)} (n = ${n}${summed})</caption>
<thead><tr><td></td><th scope="col">${e(b.title)} right</th><th scope="col">${e(b.title)} wrong</th></tr></thead>
<tbody><tr><th scope="row">${e(a.title)} right</th><td>${both}</td><td>${onlyA}</td></tr>
<tr><th scope="row">${e(a.title)} wrong</th><td>${onlyB}</td><td>${neither}</td></tr></tbody></table>`;
}

function differences(report: SidesReport): string {
  const { natural, robust } = report;
  const rows: DifferenceRow[] = natural.pairs.map((pair, index) => ({
    name: `seed ${pair.seed}`,
    natural: pair,
    robust: robust?.pairs[index] ?? null,
  }));
  if (rows.length > 1) rows.push({ name: 'all', natural, robust });
  const title = `${report.b.title} minus ${report.a.title}`;
  const said = rows
    .map(({ name, natural: clean, robust: attacked }) => {
      const under = attacked ? `, under attack ${points(attacked.delta)}` : '';
      return `${name}: natural ${points(clean.delta)}${under}`;
    })
    .join('; ');
  const size = { width: 560, height: 90 + 48 * rows.length };
  const svg = drawChart(differenceOption(rows, `${title} (points)`, said), size);
  return `<div class="figures"><figure><div role="img" aria-label="${e(`${title} in points, with 95 % intervals. ${said}`)}">${svg}</div><figcaption>${e(title)}, with 95 % intervals over images; at the dashed line there is no difference. ${e(
    blocksOf(report)
      .map(([name, { n }]) => `${name}: n = ${n}`)
      .join('. '),
  )}.</figcaption></figure></div>`;
}

function differencesOfSettings({ a, b, configDifference }: SidesReport): string {
  const rows = configDifference.map(
    ({ path, ...values }) =>
      `<tr><th scope="row">${e(path)}</th><td>${e(JSON.stringify(values.a) ?? '-')}</td><td>${e(JSON.stringify(values.b) ?? '-')}</td></tr>`,
  );
  if (rows.length === 0) return '';
  return `<section><h2>Settings that differ</h2><table class="numbers"><caption>All others are equal.</caption>
<thead><tr><th scope="col" class="name">Setting</th><th scope="col">${e(a.title)}</th><th scope="col">${e(b.title)}</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`;
}
