import type { RunPrompts } from '../../shared/api/prompts.ts';
import type { ExportTable } from '../../shared/export-table.ts';
import type { NearWord } from '../../shared/prompt-report.ts';
import { wordOf } from '../../shared/word-of.ts';

/** What has to be said of the numbers, in one sentence. */
export function promptsSentence({ run, method, model, startKnown, ...report }: RunPrompts): string {
  const whose =
    report.contexts > 1 ? `, the context of class "${report.classNames[report.context]}"` : '';
  const words =
    report.vocabulary === null
      ? ''
      : `; nearest of ${report.vocabulary} vocabulary pieces by their embeddings`;
  const start = startKnown ? "change from the start of the run's own seed" : 'start not known';
  return `Prompts of run ${run}: ${method} on ${model}${whose}; ${start}${words}.`;
}

/** Every vector with its words; drift is left empty where the start is not known. */
export function vectorsExport(report: RunPrompts): ExportTable {
  const known = (value: number | null) => (report.startKnown ? value : null);
  const words = (near: readonly NearWord[] = []) =>
    near.map(({ token, value }) => `${wordOf(token)} (${value.toFixed(3)})`).join(', ');
  return {
    name: `prompts-${report.run}`,
    caption: 'What the prompts have become',
    protocol: promptsSentence(report),
    columns: [
      { key: 'tower', title: 'tower', kind: 'text' },
      { key: 'block', title: 'block', kind: 'number', digits: 0 },
      { key: 'token', title: 'token', kind: 'number', digits: 0 },
      { key: 'made', title: 'made by', kind: 'text' },
      { key: 'norm', title: 'norm', kind: 'number', digits: 3 },
      { key: 'change', title: 'change', kind: 'number', digits: 3 },
      { key: 'cosine', title: 'cosine with the start', kind: 'number', digits: 3 },
      { key: 'byCosine', title: 'nearest by cosine', kind: 'text' },
      { key: 'byDistance', title: 'nearest by distance', kind: 'text' },
    ],
    rows: report.vectors.map((vector) => ({
      tower: vector.tower,
      block: vector.block,
      token: vector.token + 1,
      made: vector.projected ? 'projection' : 'learning',
      norm: vector.norm,
      change: known(vector.change),
      cosine: known(vector.cosine),
      byCosine: words(vector.nearest?.cosine),
      byDistance: words(vector.nearest?.euclidean),
    })),
    hidden: [],
  };
}
