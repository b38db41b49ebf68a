import type { TrainEvent } from '../../shared/engine-contract.ts';
import type { Database } from '../store/database.ts';
import { recordMetrics } from '../store/metrics.ts';
import { setRunProgress } from '../store/runs.ts';

type MetricPoint = { name: string; step: number; epoch: number; value: number };

/** At most ten writes a second, however short a step is. */
const FLUSH_EVERY_MS = 100;

/** Gathers a run's metrics and writes them in batches, one transaction each. */
export class MetricBuffer {
  readonly #db: Database;
  readonly #runId: string;
  #points: MetricPoint[] = [];
  #position: { epoch: number; step: number } | null = null;
  #flushedAt = Date.now();

  /** Known once the engine has made its plan. */
  totalSteps: number | undefined;

  constructor(db: Database, runId: string) {
    this.#db = db;
    this.#runId = runId;
  }

  /** Takes the numbers of a plan, a step or an epoch; other events carry none. */
  add(event: TrainEvent): void {
    if (event.type === 'plan') this.totalSteps = event.totalSteps;
    if (event.type === 'step') {
      this.#position = { epoch: event.epoch, step: event.step };
      this.#push(event, {
        loss: event.loss,
        learningRate: event.learningRate,
        gradientNorm: event.gradientNorm,
        seconds: event.seconds,
        ...prefixed('terms', event.terms),
      });
    } else if (event.type === 'epoch') {
      this.#push(event, prefixed('gradientShares', event.gradientShares));
    }
    if (Date.now() - this.#flushedAt >= FLUSH_EVERY_MS) this.flush();
  }

  /** Writes what is waiting. */
  flush(): void {
    this.#flushedAt = Date.now();
    if (this.#points.length === 0) return;
    const points = this.#points;
    this.#points = [];
    this.#db.transaction(() => {
      recordMetrics(this.#db, this.#runId, points);
      if (this.#position) {
        const { totalSteps } = this;
        setRunProgress(this.#db, this.#runId, { ...this.#position, totalSteps });
      }
    })();
  }

  #push(at: { epoch: number; step: number }, values: Record<string, number>): void {
    for (const [name, value] of Object.entries(values)) {
      this.#points.push({ name, step: at.step, epoch: at.epoch, value });
    }
  }
}

function prefixed(prefix: string, values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]),
  );
}
