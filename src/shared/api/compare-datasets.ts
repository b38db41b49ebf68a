import { z } from 'zod';
import { evaluationAttackSchema } from '../attack.ts';
import { methodNameSchema } from '../run-config.ts';
import { sentenceSchema } from '../sentence.ts';

/**
 * Methods over several datasets: what one test on one dataset cannot say. Each method stands with one
 * configuration, the same on every dataset. Accuracies and differences are fractions.
 */

export const datasetsInputSchema = z.strictObject({
  methods: z.array(methodNameSchema).min(2).max(12),
  /** Where null, the model and the number of shots with which most datasets can be compared. */
  model: z.string().nullable().default(null),
  shots: z.int().nullable().default(null),
});
export type DatasetsInput = z.output<typeof datasetsInputSchema>;

const accuracySchema = z.strictObject({
  /** Mean over the seeds. */
  accuracy: z.number(),
  /** Over n - 1; null for one seed. */
  std: z.number().nullable(),
  seeds: z.array(z.int()),
  /** Images of each seed. */
  n: z.int(),
});

/** The second of two methods against the first, on one dataset. */
const differenceSchema = z.strictObject({
  dataset: z.string(),
  delta: z.number(),
  /** What the test counts: clusters where the dataset's images come in such. */
  unit: z.enum(['images', 'clusters']),
  /** Units that one method has right more often; of one seed and by image: McNemar's. */
  aOnly: z.int(),
  bOnly: z.int(),
  /** Two-sided exact sign test. */
  p: z.number(),
  midP: z.number(),
  /** `p` after Holm, over the datasets of this list. */
  adjusted: z.number(),
});

const twoMethodsSchema = z.strictObject({
  differences: z.array(differenceSchema),
  /** Over datasets, each counting once. */
  meanDelta: z.number(),
  /** Signed-rank test of the datasets' differences. */
  wilcoxon: z.strictObject({
    /** Datasets with a difference, and those without. */
    n: z.int(),
    zeros: z.int(),
    ties: z.boolean(),
    statistic: z.number(),
    /** Two-sided. */
    p: z.number(),
    method: z.enum(['exact', 'normal']),
  }),
});
export type TwoMethods = z.infer<typeof twoMethodsSchema>;

const severalMethodsSchema = z.strictObject({
  datasets: z.int(),
  methods: z.int(),
  /** Friedman's chi-square, corrected for ties. */
  statistic: z.number(),
  degrees: z.int(),
  p: z.number(),
  /** Average rank of each method, in the order asked; 1 is the best. */
  ranks: z.array(z.number()),
  /** Nemenyi at 0.05: average ranks that differ by less are not told apart. */
  criticalDifference: z.number(),
  /** Nemenyi's p of each pair of methods. */
  pairwise: z.array(z.array(z.number())),
});
export type SeveralMethods = z.infer<typeof severalMethodsSchema>;

export const datasetsReportSchema = z.strictObject({
  methods: z.array(methodNameSchema),
  model: z.string(),
  /** Of the methods that are tuned; null where none is. */
  shots: z.int().nullable(),
  /** What could be asked for, those with most datasets first. */
  choices: z.array(
    z.strictObject({ model: z.string(), shots: z.int().nullable(), datasets: z.int() }),
  ),
  /** Behind every robust accuracy; null where no attack was met by all. */
  attack: evaluationAttackSchema.nullable(),
  /** Datasets on which every method was measured alike. */
  datasets: z.array(
    z.strictObject({
      dataset: z.string(),
      demo: z.boolean(),
      clustered: z.boolean(),
      /** By method, in the order asked. */
      natural: z.array(accuracySchema),
      /** Null where not every method met the attack there. */
      robust: z.array(accuracySchema).nullable(),
    }),
  ),
  /** Datasets that were left out, and why. */
  leftOut: z.array(sentenceSchema),
  /** For two methods: the second against the first. */
  two: z
    .strictObject({ natural: twoMethodsSchema, robust: twoMethodsSchema.nullable() })
    .nullable(),
  /** For three methods or more; a part is null with fewer than two datasets. */
  several: z
    .strictObject({
      natural: severalMethodsSchema.nullable(),
      robust: severalMethodsSchema.nullable(),
    })
    .nullable(),
});
export type DatasetsReport = z.infer<typeof datasetsReportSchema>;

/** `fapt compare --methods --json`: the same, with its sentences in English. */
export const datasetsDocumentSchema = datasetsReportSchema.extend({ leftOut: z.array(z.string()) });
