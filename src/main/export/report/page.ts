import { escapeHtml as e } from './html.ts';
import { REPORT_STYLE } from './style.ts';

export type Page = {
  title: string;
  lead: string;
  /** Sentences that must be read before any number. */
  cautions: readonly string[];
  contents: readonly (readonly [id: string, name: string])[];
  /** HTML of the sections. */
  main: string;
};

/** One HTML document that needs no other file and no network. */
export function renderPage({ title, lead, cautions, contents, main }: Page): string {
  const links = contents.map(([id, name]) => `<a href="#${id}">${name}</a>`).join('');
  const first = cautions.map((text) => `<p class="caution">${e(text)}</p>`).join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${e(title)}</title><style>${REPORT_STYLE}</style></head>
<body><header><h1>${e(title)}</h1><p class="lead">${e(lead)}</p>${first}<nav aria-label="Contents">${links}</nav></header>
<main>${main}</main>
<footer>Written by FAPT Studio.</footer></body></html>
`;
}
