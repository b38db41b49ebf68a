import { FaptError } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentence.ts';
import { getRun } from '../../store/runs.ts';
import type { App } from '../app.ts';
import type { AppHost } from '../app-host.ts';
import { explain } from '../explain.ts';
import { explainedPicture } from '../explain-picture.ts';
import { epsilonSweep, labTrajectory, noiseBaseline } from '../lab.ts';
import { labSanity } from '../lab-sanity.ts';
import { measuredEvaluation } from '../measure-stability.ts';
import { measuredStability, stabilityReport } from '../stability-report.ts';
import { api } from './implementer.ts';
import { streamWork } from './stream-work.ts';

/** Makes a function that works on an open application the handler of a stream. */
function working<Input, Result>(
  { app }: AppHost,
  work: (app: App, input: Input) => Promise<Result>,
) {
  return ({ input, signal }: { input: Input; signal?: AbortSignal | undefined }) =>
    streamWork(
      (report, stop) => work({ ...app, report, signal: stop }, input),
      [signal, app.signal],
    );
}

export function attributionRoutes(host: AppHost) {
  const { app } = host;
  return {
    get: api.attribution.get.handler(working(host, explain)),
    picture: api.attribution.picture.handler(({ input }) => explainedPicture(app, input)),
    drift: api.attribution.drift.handler(({ input }) =>
      measuredStability(app, getRun(app.db, input.run)),
    ),
    measureDrift: api.attribution.measureDrift.handler((call) => {
      const run = getRun(app.db, call.input.run);
      if (!measuredEvaluation(app, run)) {
        throw new FaptError(
          'not-attacked',
          `Run ${run.id} was never attacked, so there is nothing that its maps could drift under: evaluate it first.`,
        );
      }
      return working(host, (open, { images: subset, curves }: typeof call.input) =>
        stabilityReport(open, run.id, { stage: say('stage.maps'), curves, subset }),
      )(call);
    }),
  };
}

export function labRoutes(host: AppHost) {
  return {
    trajectory: api.lab.trajectory.handler(working(host, labTrajectory)),
    epsilonSweep: api.lab.epsilonSweep.handler(working(host, epsilonSweep)),
    noise: api.lab.noise.handler(working(host, noiseBaseline)),
    sanity: api.lab.sanity.handler(working(host, labSanity)),
  };
}
