import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import {
  attributeJobSchema,
  attributionSchema,
  benchJobSchema,
  benchReportSchema,
  checkJobSchema,
  checkReportSchema,
  doctorSchema,
  evaluateEventSchema,
  evaluateJobSchema,
  modelRefSchema,
  modelReportSchema,
  probeEventSchema,
  probeJobSchema,
  stabilityEventSchema,
  stabilityJobSchema,
  taskSchema,
  trainEventSchema,
  trainJobSchema,
  tunedModelSchema,
} from './engine-contract.ts';
import { adversarialImagesEventSchema, adversarialImagesJobSchema } from './engine-images.ts';
import {
  noiseEventSchema,
  noiseJobSchema,
  traceEventSchema,
  traceJobSchema,
} from './engine-trace.ts';
import { convertJobSchema, weightReportSchema } from './model-weights.ts';
import { promptReportSchema, promptsJobSchema } from './prompt-report.ts';
import { methodNameSchema, promptOptionsSchema, runConfigSchema } from './run-config.ts';

/** What a stream ends with when it fails midway: an error thrown inside a generator loses its type. */
const failureSchema = z.strictObject({
  type: z.literal('failure'),
  code: z.string(),
  message: z.string(),
});

/** Names one running job, so that it can be asked to stop at its next step boundary. */
const ticketSchema = z.string().min(1);

export const predictJobSchema = z.strictObject({
  tuned: tunedModelSchema,
  paths: z.array(z.string()).min(1),
});
export type PredictJob = z.infer<typeof predictJobSchema>;

export const predictionSchema = z.strictObject({
  path: z.string(),
  /** One number a class, in the order of `task.classNames`; they sum to 1. */
  probabilities: z.array(z.number()),
});
export type Prediction = z.infer<typeof predictionSchema>;

export const tokenizeJobSchema = z.strictObject({
  model: modelRefSchema,
  text: z.string(),
});
export const tokenizationSchema = z.strictObject({
  ids: z.array(z.int()),
  tokens: z.array(z.string()),
});
export type Tokenization = z.infer<typeof tokenizationSchema>;

/** Asks for the text of every class as a method's text tower gets it. */
export const previewPromptsJobSchema = z.strictObject({
  model: modelRefSchema,
  /** Tokens and positions that the model has. */
  vocabularySize: z.int(),
  contextLength: z.int(),
  task: taskSchema,
  method: methodNameSchema,
  prompts: promptOptionsSchema,
});
export type PreviewPromptsJob = z.infer<typeof previewPromptsJobSchema>;

export const promptPreviewSchema = z.strictObject({
  tokenizer: z.string(),
  /** Positions of the text tower, start and end included. */
  contextLength: z.int(),
  /** Learned words in each text; 0 for hand-written prompts. */
  learned: z.int(),
  classes: z.array(
    z.strictObject({
      label: z.int(),
      name: z.string(),
      /** Before learned words take the places of some. */
      text: z.string(),
      ids: z.array(z.int()),
      /** Pieces with start and end; learned words are `[1]`, `[2]`, ... */
      tokens: z.array(z.string()),
      tooLong: z.boolean(),
    }),
  ),
});
export type PromptPreview = z.infer<typeof promptPreviewSchema>;

/** A checkpoint of an official repository, to become one of ours. */
export const importPromptsJobSchema = z.strictObject({
  config: runConfigSchema,
  model: modelRefSchema,
  imageSize: z.int(),
  task: taskSchema,
  source: z.string(),
  /** The file to write. */
  target: z.string(),
});
export type ImportPromptsJob = z.infer<typeof importPromptsJobSchema>;

export const importedPromptsSchema = z.strictObject({
  /** The config with the sizes that the prompts have. */
  config: runConfigSchema,
  /** Epochs of their training, where the file tells. */
  epochs: z.int().nullable(),
  parameterCount: z.int(),
});
export type ImportedPrompts = z.infer<typeof importedPromptsSchema>;

/** What computes: stored with every run, since bits agree only where these do. */
export const engineEnvironmentSchema = z.strictObject({
  backend: z.enum(['tensorflow', 'wasm']),
  tensorflow: z.string().nullable(),
  device: z.string(),
  threads: z.int(),
  node: z.string(),
  platform: z.string(),
  /** Why the first choice of backend was not taken, or null. */
  reason: z.string().nullable(),
});
export type EngineEnvironment = z.infer<typeof engineEnvironmentSchema>;

/** Peak resident memory of the engine process so far. */
export const memorySchema = z.strictObject({ maxRssBytes: z.number() });

const base = oc.errors({
  FAPT: { data: z.strictObject({ code: z.string() }) },
});

/** What the engine process answers. Only the two ends of its pipe import this. */
export const engineContract = {
  train: base
    .input(z.strictObject({ ticket: ticketSchema, job: trainJobSchema }))
    .output(
      eventIterator(z.discriminatedUnion('type', [...trainEventSchema.options, failureSchema])),
    ),
  evaluate: base
    .input(z.strictObject({ ticket: ticketSchema, job: evaluateJobSchema }))
    .output(
      eventIterator(z.discriminatedUnion('type', [...evaluateEventSchema.options, failureSchema])),
    ),
  probe: base
    .input(z.strictObject({ ticket: ticketSchema, job: probeJobSchema }))
    .output(
      eventIterator(z.discriminatedUnion('type', [...probeEventSchema.options, failureSchema])),
    ),
  stability: base
    .input(z.strictObject({ ticket: ticketSchema, job: stabilityJobSchema }))
    .output(
      eventIterator(z.discriminatedUnion('type', [...stabilityEventSchema.options, failureSchema])),
    ),
  adversarialImages: base
    .input(z.strictObject({ ticket: ticketSchema, job: adversarialImagesJobSchema }))
    .output(
      eventIterator(
        z.discriminatedUnion('type', [...adversarialImagesEventSchema.options, failureSchema]),
      ),
    ),
  trace: base
    .input(z.strictObject({ ticket: ticketSchema, job: traceJobSchema }))
    .output(
      eventIterator(z.discriminatedUnion('type', [...traceEventSchema.options, failureSchema])),
    ),
  noise: base
    .input(z.strictObject({ ticket: ticketSchema, job: noiseJobSchema }))
    .output(
      eventIterator(z.discriminatedUnion('type', [...noiseEventSchema.options, failureSchema])),
    ),
  /** Asks a running stream to stop; it still says `end`. Unknown tickets are ignored. */
  cancel: base.input(z.strictObject({ ticket: ticketSchema })).output(z.void()),
  attribute: base.input(attributeJobSchema).output(attributionSchema),
  predict: base.input(predictJobSchema).output(z.array(predictionSchema)),
  inspectModel: base.input(modelRefSchema).output(modelReportSchema),
  inspectWeights: base.input(modelRefSchema).output(weightReportSchema),
  importPrompts: base.input(importPromptsJobSchema).output(importedPromptsSchema),
  convertWeights: base.input(convertJobSchema).output(z.void()),
  tokenizeText: base.input(tokenizeJobSchema).output(tokenizationSchema),
  previewPrompts: base.input(previewPromptsJobSchema).output(promptPreviewSchema),
  inspectPrompts: base.input(promptsJobSchema).output(promptReportSchema),
  check: base.input(checkJobSchema).output(checkReportSchema),
  bench: base.input(benchJobSchema).output(benchReportSchema),
  doctor: base.output(doctorSchema),
  environment: base.output(engineEnvironmentSchema),
  memory: base.output(memorySchema),
};
