import type { EvaluationAttack } from '../../shared/attack.ts';
import type { Trace, TraceJob } from '../../shared/engine-trace.ts';
import { FaptError } from '../../shared/errors.ts';
import { TRAJECTORY_BYTES } from '../../shared/kept-steps.ts';
import { say } from '../../shared/sentence.ts';
import type { App } from '../api/app.ts';
import { ResultCache } from './result-cache.ts';
import type { Subject } from './subject.ts';

/** An attack that was run on one image, its steps and its answer kept among the results. */
export type TracedAttack = {
  trace: Trace;
  /** Name of the result: `.trajectory` and `.answer` are its files. */
  name: string;
  attackMs: number;
  cached: boolean;
};

type Kept = { trace: Trace; attackMs: number };

const nameOf = ({ key, image, example }: Subject, attack: EvaluationAttack, kind: string) =>
  ResultCache.key(kind, key, image.sha256, example.id, example.label, {
    ...attack,
    subset: null,
  });

/** A trajectory's and an answer's file. */
export const filesOf = (name: string) => [`${name}.trajectory`, `${name}.answer`] as const;

/** An attack that was traced before; null where it was not. */
export async function knownTrace(
  app: App,
  subject: Subject,
  attack: EvaluationAttack,
): Promise<TracedAttack | null> {
  const cache = new ResultCache(app.workspace);
  const name = nameOf(subject, attack, 'trace');
  if (!(await cache.has(...filesOf(name)))) return null;
  const kept = await cache.read<Kept>(name);
  return kept && { ...kept, name, cached: true };
}

/** Attacks that run now, by the file of their result. */
const running = new Map<string, Promise<unknown>>();

/**
 * The same, run now where it was not; with progress. Two sides of a comparison that ask for one attack
 * at once wait for one run of it.
 * @throws FaptError `stopped`
 */
export async function tracedAttack(
  app: App,
  subject: Subject,
  attack: EvaluationAttack,
): Promise<TracedAttack> {
  const name = nameOf(subject, attack, 'trace');
  const file = new ResultCache(app.workspace).file(name);
  for (;;) {
    const known = await knownTrace(app, subject, attack);
    if (known) return known;
    const other = running.get(file);
    if (!other) break;
    // Where it fails or is stopped, this one runs it itself.
    await Promise.race([other.catch(() => {}), raised(app.signal)]);
  }
  const own = traceNow(app, subject, attack, name).finally(() => running.delete(file));
  running.set(file, own);
  return own;
}

/** Fails as soon as a stop is asked for. */
function raised(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new FaptError('stopped', 'Stopped before the attack was done.'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}

async function traceNow(
  app: App,
  subject: Subject,
  attack: EvaluationAttack,
  name: string,
): Promise<TracedAttack> {
  const cache = new ResultCache(app.workspace);
  const [trajectory, answer] = filesOf(name).map((part) => cache.file(part)) as [string, string];
  const files = { trajectory, answer, maxBytes: TRAJECTORY_BYTES };
  const kept = await runTrace(app, subject, attack, files);
  await cache.write(name, kept);
  return { ...kept, name, cached: false };
}

/** An attack's numbers alone: nothing of its images is kept. @throws FaptError `stopped` */
export async function tracedNumbers(
  app: App,
  subject: Subject,
  attack: EvaluationAttack,
): Promise<Trace> {
  const known = await knownTrace(app, subject, attack);
  if (known) return known.trace;
  const name = nameOf(subject, attack, 'trace-numbers');
  const { value } = await new ResultCache(app.workspace).remember(name, () =>
    runTrace(app, subject, attack, null),
  );
  return value.trace;
}

async function runTrace(
  app: App,
  { tuned, example }: Subject,
  attack: EvaluationAttack,
  files: TraceJob['files'],
): Promise<Kept> {
  const started = performance.now();
  app.report({ stage: say('stage.attack'), done: 0, total: 1 });
  let trace: Trace | null = null;
  for await (const event of app.engine().trace({ tuned, example, attack, files }, app.signal)) {
    if (event.type === 'trace') trace = event.trace;
    if (event.type === 'progress') app.report({ stage: say('stage.attack'), ...progressOf(event) });
  }
  if (trace) return { trace, attackMs: performance.now() - started };
  throw new FaptError('stopped', 'Stopped before the attack was done; nothing of it is kept.');
}

const progressOf = ({ done, total }: { done: number; total: number }) => ({ done, total });
