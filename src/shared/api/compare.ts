import { z } from 'zod';
import { evaluationAttackSchema } from '../attack.ts';
import { runStatusSchema } from '../results.ts';
import { methodNameSchema } from '../run-config.ts';
import { sentenceSchema } from '../sentence.ts';
import { datasetsInputSchema, datasetsReportSchema } from './compare-datasets.ts';
import { procedure } from './procedure.ts';

/**
 * Two sides, each one run or several that differ in their seed alone. Runs of one seed stand against
 * each other; a side of one run (zero-shot, say) stands against every run of the other. Accuracies and
 * differences are fractions; a difference is b - a.
 */

const interval = z.tuple([z.number(), z.number()]);

const sides = z.strictObject({
  a: z.array(z.string().min(1)).min(1).max(50),
  b: z.array(z.string().min(1)).min(1).max(50),
  /** Key of one of the attacks that all of them met; null is the newest. */
  attack: z.string().nullable().default(null),
});
export type SidesInput = z.infer<typeof sides>;

export const comparedSideSchema = z.strictObject({
  /** `CBA-FAPT`; with more where both sides are of one method. */
  title: z.string(),
  method: methodNameSchema,
  dataset: z.string(),
  model: z.string(),
  shots: z.int(),
  runs: z.array(z.strictObject({ id: z.string(), seed: z.int(), status: runStatusSchema })),
});
export type ComparedSide = z.infer<typeof comparedSideSchema>;

export const overSeedsSchema = z.strictObject({
  n: z.int(),
  mean: z.number(),
  /** Over n - 1; null for one seed, like its t-interval. */
  std: z.number().nullable(),
  ci: interval.nullable(),
});
export type OverSeeds = z.infer<typeof overSeedsSchema>;

const sideNumbersSchema = z.strictObject({
  /** Mean over the pairs. */
  accuracy: z.number(),
  /** 95 %, Wilson, of a single run's images; null over several. */
  ci: interval.nullable(),
  /** Null where the side is one run. */
  overSeeds: overSeedsSchema.nullable(),
});

export const mcnemarSchema = z.strictObject({
  aOnly: z.int(),
  bOnly: z.int(),
  /** Two-sided, exact. */
  p: z.number(),
  midP: z.number(),
});

export const bootstrapSchema = z.strictObject({
  /** 95 %, percentile; null where there is nothing to resample. */
  ci: interval.nullable(),
  resamples: z.int(),
  seed: z.int(),
  /** What was drawn with replacement. */
  seeds: z.int(),
  /** Clusters of images, or images where they come in none. */
  clusters: z.int(),
  clustered: z.boolean(),
});

const pairedRunSchema = z.strictObject({
  run: z.string(),
  accuracy: z.number(),
  /** 95 %, Wilson. */
  ci: interval,
});

/** Two runs, image by image. */
export const pairRowSchema = z.strictObject({
  seed: z.int(),
  a: pairedRunSchema,
  b: pairedRunSchema,
  delta: z.number(),
  /** Bonett-Price. */
  ci: interval,
  mcnemar: mcnemarSchema,
});

const tableSchema = z.strictObject({
  both: z.int(),
  onlyA: z.int(),
  onlyB: z.int(),
  neither: z.int(),
});
export type RightTable = z.infer<typeof tableSchema>;

/** The same images, right or wrong on both sides. */
export const comparedBlockSchema = z.strictObject({
  /** Images of each pair. */
  n: z.int(),
  a: sideNumbersSchema,
  b: sideNumbersSchema,
  /** Mean over pairs and images. */
  delta: z.number(),
  /** Over images, for these very seeds: Bonett-Price, of each image's mean difference. */
  ci: interval,
  /** McNemar's for one pair; for several the sign test over images, by who is right more often. */
  mcnemar: mcnemarSchema,
  /** Of the pairs' differences; null for one pair. */
  overSeeds: overSeedsSchema.nullable(),
  /** Images by who is right, summed over the pairs. */
  table: tableSchema,
  bootstrap: bootstrapSchema,
  /** Smallest true difference that McNemar's test of one pair would show with power 0.8. */
  detectable: z.number().nullable(),
  pairs: z.array(pairRowSchema),
});
export type ComparedBlock = z.infer<typeof comparedBlockSchema>;

const CLAIMS = ['a-better', 'b-better', 'no-evidence', 'not-comparable'] as const;

export const comparedAttackSchema = z.strictObject({
  key: z.string(),
  attack: evaluationAttackSchema,
  /** Images that all met it on. */
  n: z.int(),
});

export const sidesReportSchema = z.strictObject({
  a: comparedSideSchema,
  b: comparedSideSchema,
  /** A sentence for each accuracy, robust first: what is said, and the numbers that it rests on. */
  verdict: z.array(z.strictObject({ claim: sentenceSchema, numbers: z.array(sentenceSchema) })),
  claim: z.strictObject({
    natural: z.enum(CLAIMS),
    robust: z.enum(CLAIMS).nullable(),
  }),
  /** What makes the two hard to compare; the verdict then says so. */
  unlike: z.array(sentenceSchema),
  /** Runs without a partner of their seed. */
  leftOut: z.array(sentenceSchema),
  /** Of bundled data or weights. */
  demo: z.boolean(),
  /** Attacks that every pair met alike, newest first. */
  attacks: z.array(comparedAttackSchema),
  attack: evaluationAttackSchema.nullable(),
  natural: comparedBlockSchema,
  /** Null where the two were not attacked alike. */
  robust: comparedBlockSchema.nullable(),
  configDifference: z.array(z.strictObject({ path: z.string(), a: z.unknown(), b: z.unknown() })),
});
export type SidesReport = z.infer<typeof sidesReportSchema>;

const rightOf = z.strictObject({ right: z.int(), of: z.int(), ci: interval });
/** How often images of `label` were taken for `predicted`. */
const confusionSchema = z.array(
  z.strictObject({ label: z.int(), predicted: z.int(), count: z.int() }),
);
export type Confusion = z.infer<typeof confusionSchema>;

const classBlockSchema = z.strictObject({
  /** Images of each pair. */
  n: z.int(),
  /** By label; counts are summed over the pairs, so a Wilson interval of several is too narrow. */
  classes: z.array(z.strictObject({ label: z.int(), a: rightOf, b: rightOf })),
  /** Only what occurs. */
  confusion: z.strictObject({ a: confusionSchema, b: confusionSchema }),
});

export const classReportSchema = z.strictObject({
  classNames: z.array(z.string()),
  /** Pairs that the counts are summed over. */
  pairs: z.int(),
  attack: evaluationAttackSchema.nullable(),
  natural: classBlockSchema,
  robust: classBlockSchema.nullable(),
});
export type ClassReport = z.infer<typeof classReportSchema>;

const sideOutcomeSchema = z.strictObject({
  run: z.string(),
  clean: z.int(),
  /** Null where nothing was attacked. */
  adversarial: z.int().nullable(),
  /** True logit minus the best other one, under attack where there was one. */
  margin: z.number(),
  fellAt: z.int().nullable(),
});

export const CELLS = ['both', 'onlyA', 'onlyB', 'neither'] as const;

export const disagreementSchema = z.strictObject({
  dataset: z.string(),
  classNames: z.array(z.string()),
  attack: evaluationAttackSchema.nullable(),
  /** Images by who is right, summed over the pairs. */
  natural: tableSchema,
  robust: tableSchema.nullable(),
  total: z.int(),
  images: z.array(
    z.strictObject({
      id: z.string(),
      label: z.int(),
      /** Of the pair it is a case of. */
      seed: z.int(),
      a: sideOutcomeSchema,
      b: sideOutcomeSchema,
    }),
  ),
});
export type Disagreement = z.infer<typeof disagreementSchema>;

const disagreementInputSchema = sides.extend({
  /** Who is right under attack, or without one. */
  attacked: z.boolean().default(true),
  cell: z.enum(CELLS).nullable().default(null),
  label: z.int().min(0).nullable().default(null),
  predicted: z
    .strictObject({ side: z.enum(['a', 'b']), label: z.int().min(0) })
    .nullable()
    .default(null),
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).max(500).default(200),
});
export type DisagreementInput = z.output<typeof disagreementInputSchema>;

export const compareContract = {
  /** Throws `not-comparable` where the two share no evaluation, `side-mixed`, `attack-unknown`. */
  report: procedure.input(sides).output(sidesReportSchema),
  classes: procedure.input(sides).output(classReportSchema),
  /** A page of the images of one cell: of the 2 x 2 table, of a confusion matrix, or of both. */
  disagreement: procedure.input(disagreementInputSchema).output(disagreementSchema),
  /** One table over several datasets; model and shots are the most used where not given. */
  datasets: procedure.input(datasetsInputSchema).output(datasetsReportSchema),
};
