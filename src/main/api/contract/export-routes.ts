import { fileStem } from '../../../shared/file-stem.ts';
import { tableFile } from '../../../shared/tables/write-table.ts';
import { figureFile } from '../../export/figure/figure-file.ts';
import { type Drawing, frameFigure } from '../../export/figure/frame-figure.ts';
import type { AppHost } from '../app-host.ts';
import { bibtexOf } from '../export/bibtex.ts';
import { comparisonReport } from '../export/comparison-report.ts';
import { figure1 } from '../export/figure1.ts';
import { runTable } from '../export/run-table.ts';
import { zippedImages } from '../export/zipped-images.ts';
import { api } from './implementer.ts';
import { streamWork } from './stream-work.ts';

export function exportRoutes({ app }: AppHost) {
  return {
    figure: api.export.figure.handler(({ input: { name, format, ...figure } }) =>
      fileOf(name, frameFigure(figure), format),
    ),
    table: api.export.table.handler(({ input: { runs, of, format } }) => {
      const { name, type, text } = tableFile(runTable(app.db, of, runs), format);
      return { name, type, bytes: bytesOf(text) };
    }),
    bibtex: api.export.bibtex.handler(({ input: { runs } }) => ({
      name: 'methods.bib',
      type: 'application/x-bibtex',
      bytes: bytesOf(bibtexOf(app.db, runs)),
    })),
    figure1: api.export.figure1.handler(({ input: { runs, format }, signal }) =>
      streamWork(
        async (report, stop) => {
          const chosen = { runs, baseline: null, ours: null, example: null };
          const drawing = await figure1({ ...app, report, signal: stop }, chosen);
          return fileOf('figure1', drawing, format);
        },
        [signal, app.signal],
      ),
    ),
    images: api.export.images.handler(({ input: { run, format }, signal }) =>
      streamWork(
        async (report, stop) => ({
          name: `adversarial-images-${run}.zip`,
          type: 'application/zip',
          ...(await zippedImages({ ...app, report, signal: stop }, run, format)),
        }),
        [signal, app.signal],
      ),
    ),
    report: api.export.report.handler(({ input, signal }) =>
      streamWork(
        async (report, stop) => ({
          name: 'comparison.html',
          type: 'text/html',
          bytes: bytesOf(await comparisonReport({ ...app, report, signal: stop }, input)),
        }),
        [signal, app.signal],
      ),
    ),
  };
}

async function fileOf(name: string, drawing: Drawing, format: Parameters<typeof figureFile>[1]) {
  const { bytes, ending, type, missing } = await figureFile(drawing, format);
  return { name: `${fileStem(name)}.${ending}`, bytes: new Uint8Array(bytes), type, missing };
}

/** On memory of its own, as messages carry it. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
