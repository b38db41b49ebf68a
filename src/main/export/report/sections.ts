import type { DemoComparison } from '../../../shared/api-demo.ts';
import type { Paired } from '../../../shared/api-results.ts';
import { describeAttack } from '../../../shared/attack.ts';
import { escapeHtml as e, percent, points, short } from './html.ts';
import { lineChartSvg } from './loss-chart.ts';
import type { MethodCurves, ReportData } from './report-data.ts';

/** What was measured, on what, and how. */
export function protocolSection({ facts }: Pick<ReportData, 'facts'>): string {
  const rows = facts.map(({ name, value }) => `<dt>${e(name)}</dt><dd>${e(value)}</dd>`).join('');
  return `<section><h2 id="protocol">Protocol</h2><dl>${rows}</dl></section>`;
}

/** Each method's accuracies, over seeds where there are several. */
export function tableSection({ numbers }: ReportData): string {
  const severalSeeds = numbers.seeds.length > 1;
  const cell = (value: { mean: number; std: number | null }) =>
    `<td>${percent(value.mean)}${value.std === null ? '' : ` &plusmn; ${(100 * value.std).toFixed(1)}`}</td>`;
  const rows = numbers.methods.map(
    ({ title, natural, robust }) =>
      `<tr><th scope="row">${e(title)}</th>${cell(natural)}${cell(robust)}</tr>`,
  );
  const seeds = severalSeeds
    ? `mean and sample standard deviation of seeds ${numbers.seeds.join(', ')}`
    : `seed ${numbers.seeds[0]}`;
  return `<section><h2 id="results">Results</h2><table class="numbers">
<caption>${numbers.shots} shots a class, ${seeds}. ${e(describeAttack(numbers.attack))}, white box.</caption>
<thead><tr><th scope="col" class="name">Method</th><th scope="col">Natural accuracy (n = ${numbers.naturalN})</th><th scope="col">Robust accuracy (n = ${numbers.n})</th></tr></thead>
<tbody>${rows.join('')}</tbody></table></section>`;
}

/** Verdicts in words and the counts behind them. */
export function comparisonSection({ numbers }: ReportData): string {
  const blocks = numbers.comparisons.map((comparison) => comparisonBlock(comparison));
  return `<section><h2 id="comparison">Image by image</h2>${blocks.join('')}</section>`;
}

function comparisonBlock(comparison: DemoComparison): string {
  const { aTitle, bTitle, seed, verdict, unlike, natural, robust, attack } = comparison;
  const tables = [
    robust && attack ? pairedTable(`Under ${describeAttack(attack)}`, comparison, robust) : '',
    pairedTable('Without attack', comparison, natural),
  ];
  const cautions = unlike.map((text) => `<p class="caution">${e(text)}</p>`).join('');
  return `<article class="comparison"><h3>${e(bTitle)} against ${e(aTitle)}, seed ${seed}</h3>
${verdictHtml(verdict)}${cautions}<div class="pair">${tables.join('')}</div></article>`;
}

/** The verdict with and without attack as two paragraphs, the claim of each in bold. */
export function verdictHtml(verdict: string): string {
  return verdict
    .split(/ (?=Without attack: )/)
    .map((part) => {
      const [, where, claim, rest] = /^([^:;]+: )([^;]+)(;.*)$/s.exec(part) ?? [];
      const text = claim
        ? `${e(where ?? '')}<strong>${e(claim)}</strong>${e(rest ?? '')}`
        : e(part);
      return `<p class="verdict">${text}</p>`;
    })
    .join('');
}

function pairedTable(title: string, { aTitle, bTitle }: DemoComparison, paired: Paired): string {
  const { aOnly, bOnly, p, midP } = paired.mcnemar;
  const aRight = Math.round(paired.a * paired.n);
  const both = aRight - aOnly;
  const neither = paired.n - both - aOnly - bOnly;
  const [low, high] = paired.ci;
  return `<table class="counts"><caption>${e(title)} (n = ${paired.n})</caption>
<thead><tr><td></td><th scope="col">${e(bTitle)} right</th><th scope="col">${e(bTitle)} wrong</th></tr></thead>
<tbody><tr><th scope="row">${e(aTitle)} right</th><td>${both}</td><td>${aOnly}</td></tr>
<tr><th scope="row">${e(aTitle)} wrong</th><td>${bOnly}</td><td>${neither}</td></tr></tbody>
<tfoot><tr><td colspan="3">difference ${points(paired.delta)} points, 95 % interval ${points(low)} to ${points(high)}; exact McNemar p = ${short(p)}, mid-p = ${short(midP)}</td></tr></tfoot></table>`;
}

/** Loss terms by step and what each term weighs in the gradient. */
export function curvesSection({ curves }: Pick<ReportData, 'curves'>): string {
  const figures = curves.map(curveFigures).join('');
  return `<section><h2 id="training">Training</h2>${figures}</section>`;
}

function curveFigures(curves: MethodCurves): string {
  const name = `${curves.title}, seed ${curves.seed}`;
  const loss = lineChartSvg({ series: curves.series, xName: 'step', yName: 'loss', log: true });
  const shares = lineChartSvg({
    series: curves.shares.map(({ term, points }) => ({ name: term, points })),
    xName: 'epoch',
    yName: 'share of gradient norm',
    log: true,
  });
  const weak = curves.weak.map(
    (term) =>
      `<p class="caution">${e(name)}: the weighted term "${e(term)}" carried under 0.1 % of the gradient in every epoch, so it hardly steered the tuning.</p>`,
  );
  return `<h3>${e(name)}</h3>${weak.join('')}<div class="figures">
<figure><div role="img" aria-label="Loss of ${e(name)} by step, with each unweighted term">${loss}</div><figcaption>Loss and its unweighted terms by step (means of stretches of steps, log scale).</figcaption></figure>
<figure><div role="img" aria-label="Share of the gradient norm of each weighted term of ${e(name)} by epoch">${shares}</div><figcaption>Norm of each weighted term's gradient over the sum of those norms, by epoch (log scale; zero shares are left out).</figcaption></figure></div>`;
}
