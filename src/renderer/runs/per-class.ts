import type { Outcome } from '../../shared/results.ts';

export type ClassRow = {
  label: number;
  name: string;
  n: number;
  clean: number;
  /** Null where nothing was attacked. */
  robust: number | null;
};

type Row = Pick<Outcome, 'label' | 'clean' | 'adversarial'>;

/** Accuracy class by class, over the images of one evaluation; classes without any are left out. */
export function perClass(outcomes: readonly Row[], classNames: readonly string[]): ClassRow[] {
  const groups = Map.groupBy(outcomes, ({ label }) => label);
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([label, rows]) => {
      const attacked = rows.filter(({ adversarial }) => adversarial !== null);
      return {
        label,
        name: classNames[label] ?? String(label),
        n: rows.length,
        clean: share(rows, ({ clean }) => clean === label),
        robust:
          attacked.length === 0
            ? null
            : share(attacked, ({ adversarial }) => adversarial === label),
      };
    });
}

function share<T>(rows: readonly T[], isRight: (row: T) => boolean): number {
  return rows.filter(isRight).length / rows.length;
}
