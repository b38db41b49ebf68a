import type { RunPrompts } from '../../shared/api/prompts.ts';
import type { Line, LineChartInput } from '../../shared/charts/line-option.ts';
import { DASHES, SYMBOLS } from '../../shared/charts/run-style.ts';

type Translate = (key: string, values?: Record<string, unknown>) => string;

/** Norm of the change of every vector over the blocks, a line a token and tower. */
export function driftInput(report: RunPrompts, t: Translate): Omit<LineChartInput, 'isDark'> {
  const lines = (['text', 'image'] as const).flatMap((tower, color) => {
    const vectors = report.vectors.filter((vector) => vector.tower === tower);
    const tokens = [...new Set(vectors.map(({ token }) => token))];
    return tokens.map(
      (token): Line => ({
        name: t('prompts.line', { tower: t(`prompts.towers.${tower}`), n: token + 1 }),
        points: vectors
          .filter((vector) => vector.token === token)
          .map(({ block, change }) => [block, change]),
        style: {
          color,
          dash: DASHES[token % DASHES.length] ?? 'solid',
          symbol: SYMBOLS[(color + token) % SYMBOLS.length] ?? 'circle',
        },
      }),
    );
  });
  return {
    lines,
    xName: t('prompts.axis.block'),
    yName: t('prompts.axis.change'),
    description: t('prompts.chartWhat'),
  };
}
