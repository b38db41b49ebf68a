/** Screens that are not built yet, and the commands that do their work today. */
export const DOORS = {
  'attack-lab': {
    icon: 'i-lucide-flask-conical',
    commands: ['fapt eval RUN --attack apgd --steps 100', 'fapt attribute RUN --example ID'],
  },
  results: {
    icon: 'i-lucide-chart-no-axes-column',
    commands: [
      'fapt protocol few-shot --dry-run',
      'fapt protocol base-to-new --dry-run',
      'fapt protocol cross-dataset --dry-run',
      'fapt protocol ablation --dry-run',
    ],
  },
} as const;
export type Door = keyof typeof DOORS;
