import type { Command } from 'commander';
import { registerExportFigure1 } from './export-figure1.ts';
import { registerExportImages, registerExportMaps } from './export-images.ts';
import {
  registerExportBibtex,
  registerExportCurves,
  registerExportTable,
} from './export-numbers.ts';
import { registerExportReport } from './export-report.ts';

/** `fapt export`: tables, figures, images and a report of runs, as files. */
export function registerExport(program: Command): void {
  const parent = program
    .command('export')
    .description('tables, figures, images and a report of runs, as files');
  registerExportTable(parent);
  registerExportCurves(parent);
  registerExportFigure1(parent);
  registerExportReport(parent);
  registerExportMaps(parent);
  registerExportImages(parent);
  registerExportBibtex(parent);
}
