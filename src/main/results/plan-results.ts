import type { ResultsView } from '../../shared/api/results.ts';
import { FaptError } from '../../shared/errors.ts';
import type { App } from '../api/app.ts';
import { type PreparedProtocol, prepareProtocol } from '../protocols/prepare.ts';

/** Reasons to show the paper's numbers alone: something has to be added to the workspace or chosen. */
const PLANLESS = [
  'usage',
  'model-missing',
  'model-unknown',
  'dataset-unknown',
  'nothing-to-train',
  'nothing-to-evaluate',
];

/** The protocol behind a view. @throws FaptError as `prepareProtocol` does */
export function prepareView(app: App, view: ResultsView): Promise<PreparedProtocol> {
  const { protocol, set, model, methods, seeds, attack } = view;
  if (set === 'paper' && model === null) {
    throw new FaptError('model-missing', 'Our numbers need weights: choose a model.');
  }
  return prepareProtocol(app, {
    protocol,
    preset: set,
    methods: protocol === 'ablation' ? null : methods,
    datasets: null,
    source: null,
    model,
    shots: null,
    seeds,
    set: [],
    // A step as large as the ball, as published.
    attack: attack.epsilon === undefined ? attack : { ...attack, stepSize: attack.epsilon },
    switches: false,
  });
}

/** The protocol behind a view, or why there is none. */
export async function planView(
  app: App,
  view: ResultsView,
): Promise<{ prepared: PreparedProtocol; refusal: null } | { prepared: null; refusal: FaptError }> {
  try {
    return { prepared: await prepareView(app, view), refusal: null };
  } catch (error) {
    const isPaper = view.set === 'paper';
    if (isPaper && error instanceof FaptError && PLANLESS.includes(error.code)) {
      return { prepared: null, refusal: error };
    }
    throw error;
  }
}
