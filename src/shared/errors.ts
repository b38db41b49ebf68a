/**
 * An error that a person reads: `code` is stable and machine readable, `message` is one sentence
 * that says what happened, where, and what to do.
 */
export class FaptError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FaptError';
    this.code = code;
  }
}

/** The sentence to show for anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
