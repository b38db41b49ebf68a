/** Screens that are not built yet, and the commands that do their work today. */
export const DOORS = {
  'attack-lab': {
    icon: 'i-lucide-flask-conical',
    commands: ['fapt eval RUN --attack apgd --steps 100', 'fapt attribute RUN --example ID'],
  },
} as const;
export type Door = keyof typeof DOORS;
