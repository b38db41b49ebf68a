const SPECIAL: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': "{''}",
  '±': '$\\pm$',
  '×': '$\\times$',
  ε: '$\\varepsilon$',
  α: '$\\alpha$',
  β: '$\\beta$',
  γ: '$\\gamma$',
  ℓ: '$\\ell$',
  '∞': '$\\infty$',
  '≥': '$\\geq$',
  '≤': '$\\leq$',
  '→': '$\\rightarrow$',
  '−': '$-$',
  '–': '--',
  '—': '---',
  '“': '``',
  '”': "''",
  '…': '\\ldots{}',
};

/** Text that LaTeX prints as it stands. Line breaks become spaces; a minus before a digit is one. */
export function escapeLatex(text: string): string {
  return text
    .replaceAll(/\s*[\r\n]+\s*/g, ' ')
    .replace(/[\\~^<>|"&%#_{}$±×εαβγℓ∞≥≤→−–—“”…]/g, (sign) => SPECIAL[sign] ?? `\\${sign}`)
    .replace(/^-(?=\d)/, '$-$$');
}

/** Characters outside Latin, which pdfLaTeX cannot print, each once. */
export function strangersToLatex(text: string): string[] {
  const found = new Set<string>();
  for (const sign of text) {
    // Latin-1 and Latin Extended-A are what its standard input encoding knows.
    if ((sign.codePointAt(0) ?? 0) > 0x17f) found.add(sign);
  }
  return [...found];
}
