import type { OptionPath } from '../../shared/method-options.ts';
import type { MethodName } from '../../shared/run-config.ts';

/** One summand of a method's loss. */
type LossPiece = {
  /** The term's name in the metrics (`terms.adv`). */
  term: string;
  /** Its weight's letter and setting; null where it has none. */
  weight: { symbol: string; path: OptionPath } | null;
  /** The term itself in the paper's notation. */
  body: string;
  /** Settings that change this summand, besides its weight. */
  paths: readonly OptionPath[];
};

const ADVERSARIAL_PATHS = [
  'attack.loss',
  'attack.epsilon',
  'attack.stepSize',
  'attack.steps',
  'attack.prompts',
  'attack.promptStepSize',
] as const satisfies OptionPath[];
const MAP_PATHS = [
  'loss.score',
  'loss.detachClean',
  'loss.detachWeights',
  'loss.forwardWeights',
  'loss.heads',
  'loss.gradientWeights',
] as const satisfies OptionPath[];

const NATURAL: LossPiece = { term: 'nat', weight: null, body: 'CE(x, y)', paths: [] };
const ADVERSARIAL: LossPiece = {
  term: 'adv',
  weight: null,
  body: 'CE(x̃, y)',
  paths: ADVERSARIAL_PATHS,
};
const weighted = (piece: LossPiece, symbol: string, path: OptionPath): LossPiece => ({
  ...piece,
  weight: { symbol, path },
});

const FORMULAS: Record<MethodName, LossPiece[]> = {
  'zero-shot': [],
  coop: [NATURAL],
  apt: [ADVERSARIAL],
  vpt: [NATURAL],
  advvp: [ADVERSARIAL],
  advvlp: [ADVERSARIAL],
  maple: [NATURAL],
  advmaple: [ADVERSARIAL],
  tecoa: [ADVERSARIAL],
  fap: [
    weighted(NATURAL, 'ν', 'loss.natural'),
    weighted(
      { ...ADVERSARIAL, body: 'mean[KL(p(x) ‖ p(x̃)) · (cos(v, ṽ) + 1)]' },
      'λ',
      'loss.lambda',
    ),
  ],
  'cba-fapt': [
    weighted(NATURAL, 'ν', 'loss.natural'),
    weighted(ADVERSARIAL, 'α', 'loss.alpha'),
    weighted(
      { term: 'vaa', weight: null, body: 'L_VAA', paths: [...MAP_PATHS, ...ADVERSARIAL_PATHS] },
      'β',
      'loss.beta',
    ),
    weighted(
      {
        term: 'taa',
        weight: null,
        body: 'L_TAA',
        paths: [...MAP_PATHS, ...ADVERSARIAL_PATHS, 'loss.tokenNormalization'],
      },
      'γ',
      'loss.gamma',
    ),
  ],
  tga: [
    ADVERSARIAL,
    weighted(
      { term: 'refine', weight: null, body: '‖a(x̃) − a₀(x)‖', paths: ADVERSARIAL_PATHS },
      'r',
      'loss.refine',
    ),
    weighted(
      { term: 'constrain', weight: null, body: '‖a(x) − a₀(x)‖', paths: [] },
      'c',
      'loss.constrain',
    ),
  ],
};

/** The summands of a method's loss, in the order of its terms; none for zero-shot. */
export function lossFormula(method: MethodName): LossPiece[] {
  return FORMULAS[method];
}

/** Whether editing a setting changes a summand: it is then lit up. */
export function isLit(piece: LossPiece, path: OptionPath | null): boolean {
  if (path === null) return false;
  return piece.weight?.path === path || piece.paths.includes(path);
}
