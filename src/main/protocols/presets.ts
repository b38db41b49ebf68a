import type { PresetName } from '../../shared/api-protocol.ts';
import { PIXEL_STEP } from '../../shared/attack.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { MethodName } from '../../shared/run-config.ts';
import type { AttackOptions } from '../api/create-run.ts';
import { DEMO_MODEL, readDemoCard } from '../models/bundled.ts';

/** Named settings of a whole protocol; what the person gives wins over each of them. */
export type Preset = {
  /** Null: to be given. */
  model: string | null;
  /** `published`: those of the paper's datasets that the workspace has. */
  datasets: 'published' | string[];
  /** Cross-dataset: what is trained on, and the targets beside it. */
  crossDataset: { source: string; targets: 'published' | string[] };
  attack: AttackOptions;
  /** Size of the attack in training and evaluation: in pixel units, or the one on the demo's card. */
  epsilon: number | 'card';
  settings: Partial<Record<MethodName, string[]>>;
};

export const PRESETS: Record<PresetName, Preset> = {
  /** Published settings: PGD-100 at 1/255 on the full test sets. */
  paper: {
    model: null,
    datasets: 'published',
    crossDataset: { source: 'ImageNet', targets: 'published' },
    attack: { steps: 100, subset: null },
    epsilon: PIXEL_STEP,
    settings: {},
  },
  /** On the bundled pack, small enough for two cores: PGD-20 on the balanced 100. */
  demo: {
    model: DEMO_MODEL,
    datasets: ['demo-mammals'],
    crossDataset: {
      source: 'demo-mammals',
      targets: ['demo-birds-and-sea', 'demo-food', 'demo-tools', 'demo-vehicles'],
    },
    attack: { steps: 20, subset: 100 },
    epsilon: 'card',
    settings: { coop: ['epochs=20'], apt: ['epochs=20'] },
  },
};

export type LoadedPreset = Omit<Preset, 'epsilon' | 'settings'> & {
  settingsOf(method: MethodName): string[];
};

/** A preset with its attack size read; a training step keeps its share of the ball. */
export async function loadPreset(name: PresetName): Promise<LoadedPreset> {
  const { epsilon: size, settings, attack, ...preset } = PRESETS[name];
  const epsilon = size === 'card' ? (await readDemoCard()).epsilon : size;
  return {
    ...preset,
    attack: { ...attack, epsilon, stepSize: epsilon },
    settingsOf(method) {
      const { attack: own } = METHODS[method].defaults;
      const others = settings[method] ?? [];
      if (own.epsilon === epsilon) return others;
      const stepSize = (own.stepSize / own.epsilon) * epsilon;
      return [`attack.epsilon=${epsilon}`, `attack.stepSize=${stepSize}`, ...others];
    },
  };
}
