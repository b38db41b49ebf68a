import { escapeHtml as e } from './html.ts';
import { imageSection } from './image-section.ts';
import type { ReportData } from './report-data.ts';
import { comparisonSection, curvesSection, protocolSection, tableSection } from './sections.ts';
import { REPORT_STYLE } from './style.ts';

const CONTENTS = [
  ['results', 'Results'],
  ['comparison', 'Image by image'],
  ['why', 'Why'],
  ['training', 'Training'],
  ['protocol', 'Protocol'],
] as const;

/** The whole report as one HTML document that needs no other file and no network. */
export function renderReport(data: ReportData): string {
  const { numbers } = data;
  const title = `CBA-FAPT and FAP on ${numbers.dataset}`;
  const links = CONTENTS.map(([id, name]) => `<a href="#${id}">${name}</a>`).join('');
  const first = data.cautions.map((text) => `<p class="caution">${e(text)}</p>`).join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${e(title)}</title><style>${REPORT_STYLE}</style></head>
<body><header><h1>${e(title)}</h1><p class="lead">Adversarial few-shot prompt tuning of CLIP: is CBA-FAPT better than FAP here, and why?</p>${first}<nav aria-label="Contents">${links}</nav></header>
<main>${tableSection(data)}${comparisonSection(data)}${imageSection(data)}${curvesSection(data)}${protocolSection(data)}</main>
<footer>Written by FAPT Studio.</footer></body></html>
`;
}
