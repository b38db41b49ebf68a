import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckJob, CheckReport, MethodErrors } from '../../shared/engine-contract.ts';
import { METHOD_NAMES, type MethodName } from '../../shared/run-config.ts';
import { loadClip } from '../clip/load-clip.ts';
import { writeSafetensors } from '../clip/safetensors.ts';
import { layOutText } from '../clip/text-layout.ts';
import { disposeWeights } from '../clip/weights.ts';
import { checkMethod, type Sabotage } from './check-method.ts';
import { Comparison } from './errors.ts';
import { goldenValues, readGolden } from './golden-case.ts';

/** Largest error allowed, relative to the largest golden value of the same tensor. */
const TOLERANCES = {
  value: 1e-4,
  ownAttack: 1e-2,
  gradient: 2e-4,
  /** A sign that flips in a later attack moves the change of the parameters. */
  change: 5e-3,
  mismatch: 5e-3,
} as const;

/** The golden name's method: "cba-fapt-strong" is CBA-FAPT with other weights. */
function methodNamed(name: string): MethodName | undefined {
  return METHOD_NAMES.find((method) => method === name || name === `${method}-strong`);
}

/**
 * The engine against golden values: the weights in both layouts, every method of the golden file.
 * The backend is started by the caller.
 *
 * @throws FaptError where the folder is not a golden folder
 */
export async function check(job: CheckJob, sabotage: Sabotage = {}): Promise<CheckReport> {
  const golden = await readGolden(job.folder);
  const comparison = new Comparison(golden);
  const { settings } = golden;
  const folder = join(job.folder, 'hf');
  const path = (await stat(folder).catch(() => null))
    ? folder
    : join(job.folder, 'openai.safetensors');
  const { weights } = await loadClip(path, {
    image: settings.image_heads,
    text: settings.text_heads,
  });
  const { shape, values } = goldenValues(golden, 'input/tokens');
  const [classes = 0, length = 0] = shape;
  const rows = Array.from({ length: classes }, (_, k) => [
    ...values.slice(k * length, (k + 1) * length),
  ]);
  const endId = weights.shape.vocabularySize - 1;
  const layouts = {
    prompted: layOutText(rows, endId, settings.n_ctx),
    plain: layOutText(rows, endId, 0),
  };
  const methods: Record<string, MethodErrors> = {};
  const skipped: string[] = [];
  for (const name of Object.keys(settings.methods)) {
    const method = methodNamed(name);
    if (method)
      methods[name] = checkMethod(name, method, golden, comparison, weights, layouts, sabotage);
    else skipped.push(name);
  }
  disposeWeights(weights);
  if (job.out) await writeSafetensors(job.out, Object.fromEntries(comparison.computed));
  const failures = Object.entries(methods).flatMap(([name, errors]) => failuresOf(name, errors));
  return {
    methods,
    ok: failures.length === 0 && Object.keys(methods).length > 0,
    failures,
    skipped,
  };
}

/** One sentence for each number out of tolerance. */
function failuresOf(name: string, errors: MethodErrors): string[] {
  const failures: string[] = [];
  const hold = (what: string, error: number, limit: number) => {
    if (!(error <= limit))
      failures.push(`${name}: ${what} is off by ${error.toPrecision(2)}, allowed ${limit}.`);
  };
  const {
    perturbationMismatch,
    logitsOwnPgd20,
    terms,
    gradients,
    termGradients,
    changeAfterThreeSteps,
    ...values
  } = errors;
  for (const [what, error] of Object.entries(values)) hold(what, error as number, TOLERANCES.value);
  hold('perturbationMismatch', perturbationMismatch, TOLERANCES.mismatch);
  hold('logitsOwnPgd20', logitsOwnPgd20, TOLERANCES.ownAttack);
  for (const [term, error] of Object.entries(terms)) hold(`term ${term}`, error, TOLERANCES.value);
  for (const [p, error] of Object.entries(gradients))
    hold(`gradient of ${p}`, error, TOLERANCES.gradient);
  for (const [term, each] of Object.entries(termGradients)) {
    for (const [p, error] of Object.entries(each))
      hold(`gradient of ${term} by ${p}`, error, TOLERANCES.gradient);
  }
  for (const [p, error] of Object.entries(changeAfterThreeSteps))
    hold(`change of ${p}`, error, TOLERANCES.change);
  return failures;
}
