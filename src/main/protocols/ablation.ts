import { FaptError } from '../../shared/errors.ts';
import { planHalves } from './base-to-new.ts';
import type { Plan, PlanOptions, Row } from './plan.ts';

type Variant = { key: string; title: string; terms?: string[]; settings: string[] };

/** Table 3: the terms of CBA-FAPT's loss, one more a row. */
const TERMS: Variant[] = [
  {
    key: 'adv',
    title: 'L_adv',
    terms: ['adv'],
    // Alone, its weight is one; so the paper's row is AdvMaPLe.
    settings: ['loss.natural=0', 'loss.alpha=1', 'loss.beta=0', 'loss.gamma=0'],
  },
  {
    key: 'nat',
    title: '+ L_nat',
    terms: ['nat', 'adv'],
    settings: ['loss.beta=0', 'loss.gamma=0'],
  },
  { key: 'vaa', title: '+ L_VAA', terms: ['nat', 'adv', 'vaa'], settings: ['loss.gamma=0'] },
  {
    key: 'taa',
    title: 'CBA-FAPT (+ L_TAA)',
    terms: ['nat', 'adv', 'vaa', 'taa'],
    settings: [],
  },
];

/** The open choices of the attribution terms, each turned alone against the default. */
const SWITCHES: Variant[] = [
  { key: 'default', title: 'CBA-FAPT', settings: [] },
  ...[
    'loss.score=logit',
    'loss.forwardWeights=softmax',
    'loss.heads=separate',
    'loss.gradientWeights=false',
    'loss.detachClean=true',
    'loss.detachWeights=true',
    'loss.tokenNormalization=magnitude',
  ].map((setting) => ({
    key: setting,
    title: setting.replace(/^loss\./, ''),
    settings: [setting],
  })),
];

/**
 * The ablation of CBA-FAPT on base-to-new: its loss terms (Table 3), or its switches.
 * @throws FaptError `usage` where a row is asked for that it does not have
 */
export function planAblation(options: PlanOptions): Plan {
  const all = options.switches ? SWITCHES : TERMS;
  const variants = options.rows ? chosen(all, options.rows) : all;
  const rows = variants.map((variant) => ({ row: rowOf(variant), settings: variant.settings }));
  return planHalves('ablation', options, rows);
}

/** @throws FaptError `usage` where there is no such row */
function chosen(variants: Variant[], keys: string[]): Variant[] {
  const unknown = keys.find((key) => !variants.some((variant) => variant.key === key));
  if (unknown === undefined) return variants.filter(({ key }) => keys.includes(key));
  const known = variants.map(({ key }) => key).join(', ');
  throw new FaptError('usage', `There is no row "${unknown}" here: the rows are ${known}.`);
}

function rowOf({ settings: _, ...row }: Variant): Row {
  return { ...row, method: 'cba-fapt' };
}

/** The rows of Table 3. */
export const TERM_ROWS: readonly Row[] = TERMS.map(rowOf);
