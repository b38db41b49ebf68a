import { z } from 'zod';
import { evaluationAttackSchema } from './attack.ts';
import { attackObservationSchema, attackProbeSchema } from './attack-sanity.ts';
import { modelOriginSchema, selfTestSchema } from './model-weights.ts';
import { outcomeSchema, warningSchema } from './results.ts';
import { runConfigSchema } from './run-config.ts';

/** What the engine process is asked to do, and what it answers. Paths are absolute. */

/** A CLIP on disk: a Hugging Face folder, a safetensors file, or `random:ViT-B/32`. */
export const modelRefSchema = z.strictObject({ path: z.string() });
export type ModelRef = z.infer<typeof modelRefSchema>;

export const exampleSchema = z.strictObject({
  /** Path in the split; keys the attack's random start. */
  id: z.string(),
  path: z.string(),
  label: z.int().min(0),
});
export type Example = z.infer<typeof exampleSchema>;

/** The classes and how their text is made (methods 1.2: underscores become spaces). */
export const taskSchema = z.strictObject({
  classNames: z.array(z.string().min(1)).min(1),
  /** Hand template with one "{}". */
  template: z.string(),
});
export type Task = z.infer<typeof taskSchema>;

export const trainJobSchema = z.strictObject({
  config: runConfigSchema,
  model: modelRefSchema,
  task: taskSchema,
  examples: z.array(exampleSchema).min(1),
  /** Folder for checkpoints; the engine writes `checkpoint.safetensors` there, atomically. */
  runFolder: z.string(),
  /** Continue from the checkpoint in `runFolder`. */
  resume: z.boolean(),
});
export type TrainJob = z.infer<typeof trainJobSchema>;

export const trainEventSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('plan'),
    stepsPerEpoch: z.int(),
    totalSteps: z.int(),
    /** Examples left out of each epoch by drop-last. */
    skippedPerEpoch: z.int(),
    depth: z.int(),
    parameterCount: z.int(),
    /** The text of class 0 as tokenised, learned words marked with [ ]. */
    promptPreview: z.string(),
    startStep: z.int(),
  }),
  z.strictObject({
    type: z.literal('step'),
    epoch: z.int(),
    /** Counted from 1 over the whole run. */
    step: z.int(),
    learningRate: z.number(),
    loss: z.number(),
    /** Raw (unweighted) terms by name: nat, adv, vaa, taa. */
    terms: z.record(z.string(), z.number()),
    gradientNorm: z.number(),
    seconds: z.number(),
  }),
  z.strictObject({
    type: z.literal('epoch'),
    epoch: z.int(),
    step: z.int(),
    /** Norm of each weighted term's gradient over the sum of those norms (methods A12). */
    gradientShares: z.record(z.string(), z.number()),
  }),
  z.strictObject({
    type: z.literal('checkpoint'),
    path: z.string(),
    epoch: z.int(),
    step: z.int(),
  }),
  z.strictObject({ type: z.literal('warning'), warning: warningSchema }),
  /** The last event. `stopped` when the signal was raised; the checkpoint is then current. */
  z.strictObject({
    type: z.literal('end'),
    status: z.enum(['finished', 'stopped']),
    step: z.int(),
  }),
]);
export type TrainEvent = z.infer<typeof trainEventSchema>;

/** A tuned model: the config that made it and its checkpoint (null for zero-shot). */
export const tunedModelSchema = z.strictObject({
  config: runConfigSchema,
  model: modelRefSchema,
  task: taskSchema,
  checkpoint: z.string().nullable(),
});
export type TunedModel = z.infer<typeof tunedModelSchema>;

export const evaluateJobSchema = z.strictObject({
  tuned: tunedModelSchema,
  examples: z.array(exampleSchema).min(1),
  attack: evaluationAttackSchema,
  /** The model that the adversarial images are made on (transfer); null is `tuned` itself. */
  attacker: tunedModelSchema.nullable().default(null),
  batchSize: z.int().min(1).default(25),
  /** Content-addressed folder for perturbations (`aa/HASH`), or null to keep none. */
  perturbationFolder: z.string().nullable(),
});
export type EvaluateJob = z.infer<typeof evaluateJobSchema>;

export const evaluateEventSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('outcomes'),
    outcomes: z.array(outcomeSchema),
    /** What was seen of these images' attack; null where none ran. */
    observed: attackObservationSchema.nullable().default(null),
    done: z.int(),
    total: z.int(),
  }),
  z.strictObject({ type: z.literal('progress'), done: z.number(), total: z.int() }),
  z.strictObject({ type: z.literal('warning'), warning: warningSchema }),
  z.strictObject({ type: z.literal('end'), status: z.enum(['finished', 'stopped']) }),
]);
export type EvaluateEvent = z.infer<typeof evaluateEventSchema>;

/** Two probes of an attack that was run: larger balls, and an attack without gradients. */
export const probeJobSchema = z.strictObject({
  tuned: tunedModelSchema,
  attack: evaluationAttackSchema,
  /** Images that the attack left right: a larger ball must take them all. */
  survivors: z.array(exampleSchema),
  /** Images right when clean, fooled or not: Square is run on them. */
  sample: z.array(exampleSchema),
});
export type ProbeJob = z.infer<typeof probeJobSchema>;
export const probeEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('progress'), done: z.number(), total: z.number() }),
  z.strictObject({ type: z.literal('probe'), probe: attackProbeSchema }),
  z.strictObject({ type: z.literal('end'), status: z.enum(['finished', 'stopped']) }),
]);
export type ProbeEvent = z.infer<typeof probeEventSchema>;

export const attributeJobSchema = z.strictObject({
  tuned: tunedModelSchema,
  example: exampleSchema,
  /** File of the float32 perturbation [3, S, S], or null: then it is made again by `attack`. */
  perturbation: z.string().nullable(),
  attack: evaluationAttackSchema,
  /** The class whose text is explained, or words that stand in a class name's place; null is the true class. */
  target: z.union([z.int().min(0), z.strictObject({ text: z.string().min(1) })]).nullable(),
});
export type AttributeJob = z.infer<typeof attributeJobSchema>;

const mapPairSchema = z.strictObject({
  clean: z.array(z.number()),
  adversarial: z.array(z.number()),
});

/** How far one image's maps move from clean to adversarial; null where a map has no order. */
export const mapDriftSchema = z.strictObject({
  /** l2 distance of the image maps (eq. 9). */
  imageL2: z.number(),
  /** KL(clean || adversarial) of the image maps, each as softmax(A / tau) like the token maps. */
  imageKl: z.number(),
  /** Rank correlation of the image maps. */
  imageSpearman: z.number().nullable(),
  /** Intersection over union of the largest tenth of the patches. */
  imageTopIou: z.number(),
  /** KL(clean || adversarial) of the token maps (eq. 10). */
  textKl: z.number(),
  textSpearman: z.number().nullable(),
});
export type MapDrift = z.infer<typeof mapDriftSchema>;

export const attributionSchema = z.strictObject({
  id: z.string(),
  /** Null for free text. */
  target: z.int().nullable(),
  targetText: z.string(),
  /** Rows and columns of the patch grid; maps are row-major. */
  grid: z.tuple([z.int(), z.int()]),
  image: mapPairSchema,
  /** Tokens 1..EOT-1 of the target's text; learned context is shown as [1], [2], ... */
  tokens: z.array(z.string()),
  /** Which of them are learned. */
  learned: z.array(z.boolean()),
  text: mapPairSchema,
  logits: mapPairSchema,
  drift: mapDriftSchema,
  /** Pixels in [0, 1], float32 [3, S, S], as the model saw them. */
  pixels: z.strictObject({
    size: z.int(),
    clean: z.instanceof(Float32Array),
    adversarial: z.instanceof(Float32Array),
  }),
});
export type Attribution = z.infer<typeof attributionSchema>;

/** How far the maps of one image moved; null where it was not measured or a map has no order. */
export const stabilityRowSchema = z.strictObject({
  id: z.string(),
  /** The class that was explained: the true one. */
  target: z.int(),
  ...mapDriftSchema.shape,
  /** Areas under the insertion and deletion curves, each on its own image. */
  insertionClean: z.number().nullable(),
  insertionAdversarial: z.number().nullable(),
  deletionClean: z.number().nullable(),
  deletionAdversarial: z.number().nullable(),
});
export type StabilityRow = z.infer<typeof stabilityRowSchema>;

export const stabilityJobSchema = z.strictObject({
  tuned: tunedModelSchema,
  examples: z
    .array(
      z.strictObject({
        example: exampleSchema,
        /** File of the kept perturbation, or null: then the attack is made again. */
        perturbation: z.string().nullable(),
      }),
    )
    .min(1),
  attack: evaluationAttackSchema,
  batchSize: z.int().min(1),
  /** Insertion and deletion too: about a hundred forward passes an image. */
  curves: z.boolean(),
});
export type StabilityJob = z.infer<typeof stabilityJobSchema>;
export const stabilityEventSchema = z.discriminatedUnion('type', [
  /** Within a batch; parts of images count. */
  z.strictObject({ type: z.literal('progress'), done: z.number(), total: z.int() }),
  z.strictObject({
    type: z.literal('rows'),
    rows: z.array(stabilityRowSchema),
    done: z.int(),
    total: z.int(),
  }),
  z.strictObject({ type: z.literal('end'), status: z.enum(['finished', 'stopped']) }),
]);
export type StabilityEvent = z.infer<typeof stabilityEventSchema>;

export const doctorSchema = z.strictObject({
  backend: z.enum(['tensorflow', 'wasm']),
  tensorflow: z.string().nullable(),
  device: z.string(),
  threads: z.int(),
  gflops: z.number(),
  node: z.string(),
  reason: z.string().nullable(),
  selfTest: z.strictObject({ maxLogitError: z.number() }),
});
export type DoctorReport = z.infer<typeof doctorSchema>;

export const modelReportSchema = z.strictObject({
  layout: z.enum(['huggingface', 'openai', 'random']),
  imageSize: z.int(),
  patchSize: z.int(),
  imageWidth: z.int(),
  imageBlocks: z.int(),
  imageHeads: z.int(),
  textWidth: z.int(),
  textBlocks: z.int(),
  textHeads: z.int(),
  contextLength: z.int(),
  vocabularySize: z.int(),
  embeddingWidth: z.int(),
  logitScale: z.number(),
  parameterCount: z.int(),
  dtypes: z.array(z.string()),
  tokenizer: z.string(),
  notes: z.array(z.string()),
  /** Absent in what earlier versions stored. */
  selfTest: selfTestSchema.optional(),
  /** Absent where the weights are simply the files at the model's path. */
  origin: modelOriginSchema.optional(),
});
export type ModelReport = z.infer<typeof modelReportSchema>;

export const benchJobSchema = z.strictObject({
  kind: z.enum(['train', 'eval']),
  model: modelRefSchema,
  method: runConfigSchema.shape.method,
  classes: z.int().min(1),
  batch: z.int().min(1),
  iterations: z.int().min(1),
  /** Also say where the time of one more iteration goes. */
  profile: z.boolean().default(false),
});
export type BenchJob = z.infer<typeof benchJobSchema>;
export const benchReportSchema = z.strictObject({
  backend: z.string(),
  method: z.string(),
  classes: z.int(),
  batch: z.int(),
  iterations: z.int(),
  /** Median; train only. */
  secondsPerIteration: z.number().optional(),
  /** Median; eval only. */
  secondsPerImageStep: z.number().optional(),
  peakRssBytes: z.number(),
  /** By kernel, the largest share first. */
  profile: z
    .array(
      z.strictObject({
        kernel: z.string(),
        calls: z.int(),
        seconds: z.number(),
        share: z.number(),
      }),
    )
    .optional(),
});
export type BenchReport = z.infer<typeof benchReportSchema>;

export const checkJobSchema = z.strictObject({
  /** Folder with openai.safetensors, hf/, cases.safetensors and cases.json. */
  folder: z.string(),
  /** Where to write every computed tensor under the golden file's keys. */
  out: z.string().nullable(),
});
export type CheckJob = z.infer<typeof checkJobSchema>;

const errors = z.record(z.string(), z.number());
/** max|ours - golden| / max|golden| a quantity; design of the numbers in docs/command-line.md. */
export const methodErrorsSchema = z.strictObject({
  imageFeatures: z.number(),
  textFeatures: z.number(),
  logitsClean: z.number(),
  logitsAdversarial: z.number(),
  logitsPgd20: z.number(),
  /** The same on our own 20-step iterate, where signs near zero may have flipped. */
  logitsOwnPgd20: z.number(),
  /** Share of pixels of the training attack's perturbation that differ. */
  perturbationMismatch: z.number(),
  loss: z.number().optional(),
  terms: errors,
  gradients: errors,
  termGradients: z.record(z.string(), errors),
  changeAfterThreeSteps: errors,
  attributionImage: z.number(),
  attributionText: z.number(),
});
export type MethodErrors = z.infer<typeof methodErrorsSchema>;
export const checkReportSchema = z.strictObject({
  methods: z.record(z.string(), methodErrorsSchema),
  ok: z.boolean(),
  /** What was out of tolerance, one sentence each. */
  failures: z.array(z.string()),
  /** Methods of the golden file that this version does not have. */
  skipped: z.array(z.string()),
});
export type CheckReport = z.infer<typeof checkReportSchema>;
