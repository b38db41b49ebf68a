import { describe, expect, it } from 'vitest';
import type { ExportTable } from '../../../src/shared/export-table.ts';
import { rankCells } from '../../../src/shared/tables/rank-cells.ts';
import { writeTable } from '../../../src/shared/tables/write-table.ts';

const table: ExportTable = {
  name: 'base to new',
  caption: 'Accuracy on R&D_set (50%)',
  protocol: 'PGD-100 (ce), eps 1/255, 180 images, 3 seeds.',
  columns: [
    { key: 'method', title: 'Method', kind: 'text' },
    { key: 'robust', title: 'Robust', kind: 'percent', best: 'highest' },
    { key: 'delta', title: 'Difference', kind: 'points', digits: 2 },
    { key: 'loss', title: 'Loss', kind: 'number', digits: 3, best: 'lowest' },
  ],
  rows: [
    { method: '=cmd|x', robust: { mean: 0.31234, std: 0.012, n: 3 }, delta: -0.0321, loss: 1.5 },
    { method: 'FAP', robust: { mean: 0.29, std: null, n: 1 }, delta: 0.01, loss: -2 },
    { method: 'CoOp', robust: null, delta: null, loss: 1.5004 },
  ],
  hidden: ['APT'],
};

describe('CSV', () => {
  const lines = writeTable(table, 'csv').split('\r\n');

  it('has every digit, spread in columns of its own, and the protocol in each row', () => {
    expect(lines[0]).toBe(
      'Method,Robust,Robust std,Robust seeds,Difference,Loss,protocol,hidden on screen',
    );
    expect(lines[1]).toContain(',0.31234,0.012,3,-0.0321,1.5,"PGD-100 (ce), eps 1/255');
    expect(lines[3]).toMatch(/^CoOp,,,,,1\.5004,/);
    expect(lines).toHaveLength(5);
  });

  it('makes formulas harmless and leaves negative numbers as numbers', () => {
    expect(lines[1]).toMatch(/^'=cmd\|x,/);
    expect(lines[2]).toMatch(/^FAP,0\.29,,1,0\.01,-2,/);
  });
});

describe('marks', () => {
  it('follows what is better, and takes values that print alike for alike', () => {
    const [, robust, , loss] = table.columns as [never, never, never, never];
    expect(rankCells(table, robust)).toEqual(['best', 'second', null]);
    expect(rankCells(table, loss)).toEqual(['second', 'best', 'second']);
  });

  it('marks nothing where all are alike, and leaves rows out that take no part', () => {
    const column = { key: 'x', title: 'x', kind: 'number', best: 'highest' } as const;
    const alike = { ...table, columns: [column], rows: [{ x: 1 }, { x: 1.01 }] };
    expect(rankCells(alike, column)).toEqual([null, null]);
    const paper = { ...alike, rows: [{ x: 9 }, { x: 1 }, { x: 2 }], unranked: [0] };
    expect(rankCells(paper, column)).toEqual([null, 'second', 'best']);
  });
});

describe('Markdown', () => {
  const text = writeTable(table, 'markdown');

  it('aligns numbers, marks the best, and keeps the protocol and what was hidden', () => {
    expect(text).toContain('| Method | Robust (%) | Difference (points) | Loss |');
    expect(text).toContain('| --- | ---: | ---: | ---: |');
    expect(text).toContain('| =cmd\\|x | **31.2 ± 1.2** | -3.21 | <u>1.500</u> |');
    expect(text).toContain('| CoOp | - | - | <u>1.500</u> |');
    expect(text).toContain('3 seeds. Not shown on screen: APT.');
  });
});

describe('LaTeX', () => {
  const text = writeTable(table, 'latex');

  it('escapes, marks and labels', () => {
    expect(text).toContain('\\caption{Accuracy on R\\&D\\_set (50\\%)}');
    expect(text).toContain('\\label{tab:base-to-new}');
    expect(text).toContain(
      '=cmd\\textbar{}x & \\textbf{31.2 $\\pm$ 1.2} & $-$3.21 & \\underline{1.500} \\\\',
    );
    expect(text).toContain('\\shortstack[r]{Difference\\\\(points)}');
    expect(text).toMatch(/\\toprule[\s\S]*\\midrule[\s\S]*\\bottomrule/);
    expect(text).toContain('Not shown on screen: APT.');
    expect(text).not.toContain('no glyph');
  });

  it('escapes each special character once', () => {
    const rows = [{ method: '\\ {x} $5 #1 ~ ^ <a> "q"' }];
    const only = { ...table, columns: table.columns.slice(0, 1), rows };
    expect(writeTable(only, 'latex')).toContain(
      "\\textbackslash{} \\{x\\} \\$5 \\#1 \\textasciitilde{} \\textasciicircum{} \\textless{}a\\textgreater{} {''}q{''} \\\\",
    );
  });

  it('sets a table that is wider than a page smaller, the widest smallest', () => {
    const sizeAt = (letters: number) => {
      const rows = [{ method: 'x'.repeat(letters) }];
      const only = { ...table, columns: table.columns.slice(0, 1), rows };
      return (
        /\\(\w+)\\setlength\{\\tabcolsep\}/.exec(writeTable(only, 'latex'))?.[1] ?? 'as the text'
      );
    };
    expect([20, 80, 96, 108, 118, 130, 300].map(sizeAt)).toEqual([
      ...['as the text', 'as the text', 'small', 'footnotesize', 'scriptsize', 'tiny', 'tiny'],
    ]);
  });

  it('names what pdfLaTeX cannot print', () => {
    const rows = [{ method: 'é 熊 ε' }];
    const only = { ...table, columns: table.columns.slice(0, 1), rows };
    const written = writeTable(only, 'latex');
    expect(written).toContain('% pdfLaTeX has no glyph for 熊:');
    expect(written).toContain('é 熊 $\\varepsilon$');
  });
});
