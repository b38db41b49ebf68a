import type { ProgressEvent } from '../../jobs/progress.ts';

type Output = { write(text: string): unknown; isTTY?: boolean; columns?: number };

const LINE_EVERY_MS = 5000;
const REDRAW_EVERY_MS = 100;
const BAR_WIDTH = 24;

/**
 * Shows progress on stderr: a bar with the time left on a terminal, a plain line every few seconds
 * elsewhere.
 */
export class ProgressDisplay {
  readonly #output: Output;
  readonly #now: () => number;
  #stage = '';
  #startedAt = 0;
  #startedDone = 0;
  #shownAt = Number.NEGATIVE_INFINITY;
  #drawn = false;

  constructor(output: Output, now: () => number = Date.now) {
    this.#output = output;
    this.#now = now;
  }

  /** Shows that `done` of `total` parts of `stage` are done. */
  update({ stage, done, total, detail }: ProgressEvent): void {
    const now = this.#now();
    if (stage !== this.#stage) {
      this.clear();
      this.#stage = stage;
      this.#startedAt = now;
      this.#startedDone = done;
      // Lines are for what takes long; a bar shows at once.
      this.#shownAt = this.#output.isTTY ? Number.NEGATIVE_INFINITY : now;
    }
    const isLast = this.#output.isTTY && done >= total;
    const every = this.#output.isTTY ? REDRAW_EVERY_MS : LINE_EVERY_MS;
    if (now - this.#shownAt < every && !isLast) return;
    this.#shownAt = now;
    const left = this.#timeLeft(now, done, total);
    if (this.#output.isTTY) this.#draw(barLine(stage, done, total, left, detail));
    else this.#output.write(`${plainLine(stage, done, total, left, detail)}\n`);
  }

  /** Takes the bar away, so that another line can be written. */
  clear(): void {
    if (this.#drawn) this.#output.write('\r\u001b[2K');
    this.#drawn = false;
  }

  #timeLeft(now: number, done: number, total: number): number | null {
    const advanced = done - this.#startedDone;
    if (advanced <= 0) return null;
    return ((now - this.#startedAt) / advanced) * (total - done);
  }

  #draw(line: string): void {
    const width = (this.#output.columns ?? 80) - 1;
    this.#output.write(`\r\u001b[2K${line.slice(0, width)}`);
    this.#drawn = true;
  }
}

function barLine(stage: string, done: number, total: number, left: number | null, detail?: string) {
  const filled = Math.round((BAR_WIDTH * done) / total);
  const bar = '#'.repeat(filled).padEnd(BAR_WIDTH, '.');
  // The end of a line that is too long is cut, so what changes stands first.
  const state = `[${bar}] ${formatCount(done, total)}${formatLeft(left)}`;
  return `${state}  ${stage}${detail ? `, ${detail}` : ''}`;
}

function plainLine(
  stage: string,
  done: number,
  total: number,
  left: number | null,
  detail?: string,
) {
  return `${stage}: ${formatCount(done, total)}${formatLeft(left)}${detail ? `, ${detail}` : ''}`;
}

function formatCount(done: number, total: number): string {
  const shown = Number.isInteger(done) ? String(done) : done.toFixed(1);
  return `${shown}/${total}`;
}

function formatLeft(left: number | null): string {
  return left === null ? '' : `, ${formatDuration(left)} left`;
}

/** `4 s`, `2 min 05 s`, `1 h 12 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
