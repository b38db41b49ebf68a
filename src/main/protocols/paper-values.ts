import type { ProtocolFacts } from '../../shared/api-protocol.ts';
import {
  type BaseNewMeasure,
  type PaperTables,
  paperCell,
  paperDataset,
} from '../../shared/paper-tables.ts';
import { AVERAGE, type Measure } from './plan.ts';
import type { PaperValue } from './tables.ts';

/**
 * The paper's number of a place in our tables, where it prints one for the same training set, shots and
 * test sets; its averages stand only beside averages over the same eleven datasets.
 */
export function paperValues(paper: PaperTables, facts: ProtocolFacts): PaperValue {
  const { crossDataset, baseToNew, ablation, fewShot } = paper.tables;
  const isAll = isPaperSet(paper, facts);
  const [shots] = facts.shots;
  return ({ section, row, column, measure }) => {
    const { method } = row;
    switch (facts.protocol) {
      case 'few-shot': {
        const dataset = section.key;
        if (!fewShot.shots.includes(Number(column.key))) return null;
        return paperCell(paper, {
          table: 'fewShot',
          method,
          dataset,
          shots: Number(column.key),
          measure,
        });
      }
      case 'cross-dataset': {
        const isSame =
          shots === crossDataset.shots &&
          paperDataset(paper, facts.source ?? '') === crossDataset.trainedOn;
        if (!isSame || (column.key === AVERAGE && !isAll)) return null;
        const dataset = column.key === AVERAGE ? 'average' : column.key;
        return paperCell(paper, { table: 'crossDataset', method, dataset, measure });
      }
      case 'base-to-new': {
        const half = halfMeasure(column.key, measure);
        if (section.key !== AVERAGE || !isAll || !half || shots !== baseToNew.shots) return null;
        return paperCell(paper, { table: 'baseToNew', method, measure: half });
      }
      case 'ablation': {
        const half = halfMeasure(column.key, measure);
        if (section.key !== AVERAGE || !isAll || !half || shots !== ablation.shots) return null;
        return row.terms
          ? paperCell(paper, { table: 'ablation', terms: row.terms, measure: half })
          : null;
      }
    }
  };
}

/** Whether the datasets are the paper's, all of them and no other. */
export function isPaperSet(paper: PaperTables, { datasets, source }: ProtocolFacts): boolean {
  const names = source === null ? datasets : [source, ...datasets];
  const known = new Set(names.map((name) => paperDataset(paper, name)));
  return (
    names.length === paper.datasets.length && paper.datasets.every(({ name }) => known.has(name))
  );
}

function halfMeasure(column: string, measure: Measure): BaseNewMeasure | null {
  if (column !== 'base' && column !== 'new') return null;
  return `${column}${measure === 'natural' ? 'Natural' : 'Robust'}`;
}
