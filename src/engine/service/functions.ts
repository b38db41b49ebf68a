import type {
  AttributeJob,
  Attribution,
  BenchJob,
  BenchReport,
  CheckJob,
  CheckReport,
  DoctorReport,
  EvaluateEvent,
  EvaluateJob,
  ModelRef,
  ModelReport,
  ProbeEvent,
  ProbeJob,
  StabilityEvent,
  StabilityJob,
  TrainEvent,
  TrainJob,
} from '../../shared/engine-contract.ts';
import type { AdversarialImagesEvent, AdversarialImagesJob } from '../../shared/engine-images.ts';
import type {
  EngineEnvironment,
  ImportedPrompts,
  ImportPromptsJob,
  Prediction,
  PredictJob,
  PreviewPromptsJob,
  PromptPreview,
  Tokenization,
} from '../../shared/engine-rpc.ts';
import type { NoiseEvent, NoiseJob, TraceEvent, TraceJob } from '../../shared/engine-trace.ts';
import type { ConvertJob, WeightReport } from '../../shared/model-weights.ts';
import type { PromptReport, PromptsJob } from '../../shared/prompt-report.ts';

/** What the service needs from the numerics; tests put small doubles in their place. */
export type EngineFunctions = {
  train(job: TrainJob, signal: AbortSignal): AsyncGenerator<TrainEvent>;
  evaluate(job: EvaluateJob, signal: AbortSignal): AsyncGenerator<EvaluateEvent>;
  /** What larger balls and an attack without gradients make of images. */
  probe(job: ProbeJob, signal: AbortSignal): AsyncGenerator<ProbeEvent>;
  /** How far maps move under attack, over many images. */
  stability(job: StabilityJob, signal: AbortSignal): AsyncGenerator<StabilityEvent>;
  /** An evaluation's adversarial images into a file, asked about as they are and in 8 bits. */
  adversarialImages(
    job: AdversarialImagesJob,
    signal: AbortSignal,
  ): AsyncGenerator<AdversarialImagesEvent>;
  /** One image under one attack, step by step. */
  trace(job: TraceJob, signal: AbortSignal): AsyncGenerator<TraceEvent>;
  /** What uniform noise of an attack's size makes of one image. */
  noise(job: NoiseJob, signal: AbortSignal): AsyncGenerator<NoiseEvent>;
  attribute(job: AttributeJob): Promise<Attribution>;
  predict(job: PredictJob): Promise<Prediction[]>;
  inspectModel(ref: ModelRef): Promise<ModelReport>;
  /** How a file's tensors fit, without loading them. */
  inspectWeights(path: string): Promise<WeightReport>;
  /** Writes weights anew as one safetensors file. */
  convertWeights(job: ConvertJob): Promise<void>;
  /** Makes a checkpoint of ours of an official repository's. */
  importPrompts(job: ImportPromptsJob): Promise<ImportedPrompts>;
  tokenizeText(ref: ModelRef, text: string): Promise<Tokenization>;
  /** What the text tower gets for each class. */
  previewPrompts(job: PreviewPromptsJob): Promise<PromptPreview>;
  /** What the prompts of a tuned model have become. */
  inspectPrompts(job: PromptsJob): Promise<PromptReport>;
  check(job: CheckJob): Promise<CheckReport>;
  bench(job: BenchJob): Promise<BenchReport>;
  doctor(): Promise<DoctorReport>;
  environment(): Promise<EngineEnvironment>;
};
