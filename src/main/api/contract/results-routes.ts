import { costOfCells, fillCells } from '../../results/fill-cells.ts';
import { resultsReport } from '../../results/results-report.ts';
import type { App } from '../app.ts';
import type { AppHost } from '../app-host.ts';
import { api } from './implementer.ts';
import { streamWork } from './stream-work.ts';

export function resultsRoutes(host: AppHost) {
  const { app, changes, queue } = host;
  const stream = <Result>(signal: AbortSignal | undefined, work: (app: App) => Promise<Result>) =>
    streamWork((report, stop) => work({ ...app, report, signal: stop }), [signal, app.signal]);
  return {
    report: api.results.report.handler(({ input }) =>
      resultsReport(app, input, (run) => queue.jobOfRun(run)),
    ),
    cost: api.results.cost.handler(({ input: { view, runs }, signal }) =>
      stream(signal, (working) => costOfCells(working, view, runs, queue)),
    ),
    fill: api.results.fill.handler(({ input: { view, runs }, signal }) =>
      stream(signal, async (working) => {
        try {
          return await fillCells(working, view, runs, queue);
        } finally {
          changes.touch('runs');
        }
      }),
    ),
  };
}
