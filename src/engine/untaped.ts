import * as tf from '@tensorflow/tfjs-core';

type EngineState = { gradientDepth: number; activeTape: unknown };

/** Whether a gradient is being recorded. */
export function isTaped(): boolean {
  return stateOf().gradientDepth > 0;
}

function stateOf(): EngineState {
  return (tf.engine() as unknown as { state: EngineState }).state;
}

/**
 * Runs `body` as if no gradient were being recorded: an attack inside a training step takes its own
 * gradients, and nothing of it stays on the step's tape. tfjs-core has one tape and no way to leave
 * it, so its two fields are set aside meanwhile; tests hold this to what a separate call gives.
 */
export function untaped<T extends tf.TensorContainer>(body: () => T): T {
  const state = stateOf();
  const { gradientDepth, activeTape } = state;
  state.gradientDepth = 0;
  state.activeTape = null;
  try {
    return tf.tidy(body);
  } finally {
    state.gradientDepth = gradientDepth;
    state.activeTape = activeTape;
  }
}
