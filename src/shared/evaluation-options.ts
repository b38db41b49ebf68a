import { type EvaluationAttack, evaluationAttackSchema, PIXEL_STEP } from './attack.ts';
import { FRAMED } from './method-option-rows.ts';
import type { Sourced } from './method-options.ts';
import type { MethodName } from './run-config.ts';
import type { SettingValue } from './setting-paths.ts';

type EvaluationPath = keyof EvaluationAttack;
type EvaluationRow = Sourced & {
  label: string;
  unit?: '1/255';
  concerns?: readonly MethodName[];
  /** What it means that the default is null. */
  none?: string;
};

/** One option of an evaluation's attack. */
export type EvaluationOption = Omit<EvaluationRow, 'concerns' | 'none'> & {
  path: EvaluationPath;
  default: SettingValue;
};

/** What the paper and the code of FAP do to measure robust accuracy. */
const ROWS: Record<EvaluationPath, EvaluationRow> = {
  name: {
    label: 'Attack',
    paper: 'pgd',
    code: 'pgd',
    reason: 'Every published robust number is under PGD; stronger attacks stand beside it.',
  },
  norm: {
    label: 'Ball',
    paper: null,
    code: 'linf',
    reason: 'The paper names l-inf for training alone.',
  },
  loss: {
    label: 'Loss',
    paper: null,
    code: 'ce',
    reason: 'Summed over the batch, not averaged, so that no result depends on the batch size.',
  },
  epsilon: {
    label: 'Size',
    unit: '1/255',
    paper: null,
    code: PIXEL_STEP,
    reason: "A run is evaluated at its training attack's size unless another is given.",
  },
  stepSize: {
    label: 'Step',
    unit: '1/255',
    paper: null,
    code: PIXEL_STEP,
    reason: 'As long as the size unless another is given.',
  },
  steps: { label: 'Steps', paper: 100, code: 100, reason: 'PGD-100.' },
  restarts: { label: 'Restarts', paper: null, code: 1, reason: 'One start an image.' },
  randomStart: {
    label: 'Random start',
    paper: null,
    code: true,
    reason: 'Drawn for each image by its id and the seed.',
  },
  iterate: {
    label: 'Iterate that counts',
    paper: null,
    code: 'last',
    reason: 'No better earlier iterate is kept.',
  },
  targetClasses: {
    label: 'Target classes',
    paper: null,
    code: null,
    reason: 'Read by targeted attacks alone, which are not in the comparison.',
  },
  stopWhenFooled: {
    label: 'Any step counts',
    paper: null,
    code: false,
    reason: 'Never mixed with numbers of the last step.',
  },
  source: {
    label: 'Images made on',
    paper: null,
    code: null,
    reason: 'Another run makes it a transfer attack.',
    none: 'the run itself',
  },
  frame: {
    label: 'Border in place',
    concerns: FRAMED,
    paper: null,
    code: 'attack-only',
    reason:
      "AdvVP's published test attacks through the border and predicts without it, which measures a transfer attack.",
  },
  subset: {
    label: 'Test images',
    paper: null,
    code: 'all',
    reason: '`fapt run` and `fapt eval` attack a balanced 100 unless told otherwise.',
    none: 'all',
  },
};

const OVERRIDES: Partial<Record<MethodName, Partial<Record<EvaluationPath, Partial<Sourced>>>>> = {
  apt: {
    stepSize: {
      code: PIXEL_STEP / 4,
      reason: 'Its own test steps a quarter of the size; here all methods are tested alike.',
    },
  },
  tecoa: {
    frame: { code: 'always', reason: 'TeCoA itself keeps the border in every forward pass.' },
  },
};

/** The options of an evaluation that concern a method; defaults are the attack's own. */
export function evaluationOptionsOf(method: MethodName): EvaluationOption[] {
  const defaults = evaluationAttackSchema.parse({ name: 'pgd' });
  return (Object.keys(ROWS) as EvaluationPath[]).flatMap((path) => {
    const { concerns, none, ...row } = ROWS[path];
    if (concerns && !concerns.includes(method)) return [];
    const value = defaults[path] ?? (none as string);
    return [{ path, ...row, ...OVERRIDES[method]?.[path], default: value }];
  });
}
