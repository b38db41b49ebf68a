import { join } from 'node:path';
import type { DemoReport } from '../../shared/api-demo.ts';
import { requireWritable } from '../export/require-writable.ts';
import { writeWhole } from '../export/write-whole.ts';
import type { App } from './app.ts';
import { demoReportData } from './demo-report.ts';
import { type DemoPlan, makeDemoRuns } from './demo-runs.ts';
import { summarizeDemo } from './demo-summary.ts';

export type DemoOptions = DemoPlan & {
  /** Folder for `report.html` and `demo.json`; made where it is missing. */
  out: string;
};

/**
 * The main job on the demo: tune, attack, compare, explain, report.
 * @throws FaptError `disk-write`, before the work where the folder cannot be
 */
export async function runDemo(app: App, options: DemoOptions): Promise<DemoReport> {
  const startedAt = Date.now();
  await requireWritable(options.out, 'folder');
  const made = await makeDemoRuns(app, options);
  const numbers = await summarizeDemo(app.db, made);
  // ECharts takes a moment to load, which no other command should wait for.
  const { renderReport } = await import('../export/report/render-report.ts');
  const html = renderReport(await demoReportData(app, made, numbers));
  const report = join(options.out, 'report.html');
  await writeWhole(report, html);
  const { maxRssBytes } = await app.engine().memory();
  const document: DemoReport = {
    demo: true,
    ...numbers,
    reused: made.filter(({ reused }) => reused).map(({ run }) => run.id),
    report,
    seconds: (Date.now() - startedAt) / 1000,
    peakRssBytes: maxRssBytes + process.resourceUsage().maxRSS * 1024,
  };
  await writeWhole(join(options.out, 'demo.json'), `${JSON.stringify(document, null, 2)}\n`);
  return document;
}
