import type { AppHost } from '../app-host.ts';
import { compareClasses } from '../compare/compare-classes.ts';
import { compareDatasets } from '../compare/compare-datasets.ts';
import { compareDisagreement } from '../compare/compare-disagreement.ts';
import { compareSides } from '../compare/compare-sides.ts';
import { api } from './implementer.ts';

export function compareRoutes({ app: { db } }: AppHost) {
  return {
    report: api.compare.report.handler(({ input }) => compareSides(db, input)),
    classes: api.compare.classes.handler(({ input }) => compareClasses(db, input)),
    disagreement: api.compare.disagreement.handler(({ input }) => compareDisagreement(db, input)),
    datasets: api.compare.datasets.handler(({ input }) => compareDatasets(db, input)),
  };
}
