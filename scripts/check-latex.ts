/**
 * Compiles a table with every kind of cell by pdfLaTeX: `node scripts/check-latex.ts [FILE.tex ...]`.
 * Files named are compiled beside it. Without pdfLaTeX nothing is checked, and it says so.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { ExportTable } from '../src/shared/export-table.ts';
import { writeTable } from '../src/shared/tables/write-table.ts';

const SAMPLE: ExportTable = {
  name: 'every kind of cell',
  caption: 'Natural & robust accuracy (100% of R&D_set, #1) ~ ^ \\ {x} $5 <a> "q" |b| é ß ŵ',
  protocol: 'PGD-100 (ce), ℓ∞ ε = 1/255 ± 0 → n ≥ 180 – “all” images…',
  columns: [
    { key: 'name', title: 'Method_name', kind: 'text' },
    { key: 'robust', title: 'Robust accuracy under attack', kind: 'percent', best: 'highest' },
    { key: 'delta', title: 'Difference', kind: 'points' },
  ],
  rows: [
    { name: '\\input{x} & 50% #_{}', robust: { mean: 0.31, std: 0.01, n: 3 }, delta: -0.02 },
    { name: 'FAP × α β γ', robust: 0.29, delta: 0.01 },
    { name: '-1', robust: null, delta: null },
  ],
  hidden: ['CoOp_2'],
};

const folder = mkdtempSync(join(tmpdir(), 'fapt-latex-'));
try {
  writeFileSync(join(folder, 'sample.tex'), writeTable(SAMPLE, 'latex'));
  const given = process.argv.slice(2).map((file, index) => {
    const name = `${index}-${basename(file)}`;
    copyFileSync(resolve(file), join(folder, name));
    return name;
  });
  const inputs = ['sample.tex', ...given].map((name) => `\\input{${name}}`).join('\n');
  const document = `\\documentclass{article}\n\\usepackage{booktabs}\n\\begin{document}\n${inputs}\n\\end{document}\n`;
  writeFileSync(join(folder, 'document.tex'), document);
  const options = ['-interaction=nonstopmode', '-halt-on-error', 'document.tex'];
  const { error, status, stdout } = spawnSync('pdflatex', options, {
    cwd: folder,
    encoding: 'utf8',
  });
  if (error) {
    console.log(
      'skipped: pdflatex is not installed (texlive-latex-base, texlive-latex-recommended).',
    );
  } else if (status === 0) {
    console.log(`compiled: ${1 + given.length} table(s)`);
  } else {
    console.error(stdout.split('\n').slice(-30).join('\n'));
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
