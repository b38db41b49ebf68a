import { imageSection } from './image-section.ts';
import { renderPage } from './page.ts';
import type { ReportData } from './report-data.ts';
import { comparisonSection, curvesSection, protocolSection, tableSection } from './sections.ts';

const CONTENTS = [
  ['results', 'Results'],
  ['comparison', 'Image by image'],
  ['why', 'Why'],
  ['training', 'Training'],
  ['protocol', 'Protocol'],
] as const;

/** The demo's report as one HTML document that needs no other file and no network. */
export function renderReport(data: ReportData): string {
  return renderPage({
    title: `CBA-FAPT and FAP on ${data.numbers.dataset}`,
    lead: 'Adversarial few-shot prompt tuning of CLIP: is CBA-FAPT better than FAP here, and why?',
    cautions: data.cautions,
    contents: CONTENTS,
    main: `${tableSection(data)}${comparisonSection(data)}${imageSection(data)}${curvesSection(data)}${protocolSection(data)}`,
  });
}
