import { formatSetting, type MethodSheet, methodSheet } from '../src/shared/method-sheet.ts';
import { METHOD_NAMES } from '../src/shared/run-config.ts';

const INTRODUCTION = `# Methods

<!-- Written by scripts/write-methods-document.ts from the catalogue in src/shared: edit that. -->

Every method with its citation and every option that concerns it. \`fapt methods NAME\` prints the same,
\`fapt run --set path=value\` sets an option, and each run stores all of them. What the terms mean and why
a choice was made where sources differ is in [choices.md](choices.md).

**Paper** is what the CBA-FAPT paper states of a setting for the method: "not stated" where it is silent,
which it also is on methods that it does not run. **Code** is what the official code named above each
table does.`;

/** docs/methods.md as the catalogue has it. */
export function methodsDocument(): string {
  const sheets = METHOD_NAMES.map(methodSheet);
  const overview = table(
    ['Method', 'Name', 'Year', 'Learns', 'Trained against', 'Loss'],
    sheets.map(({ name, title, year, learner, attack, objective }) => [
      `[${title}](#${anchor(title, name)})`,
      `\`${name}\``,
      `${year}`,
      learner,
      attack ?? '-',
      objective,
    ]),
  );
  return `${[INTRODUCTION, overview, ...sheets.map(section), evaluations(sheets), citations(sheets)].join('\n\n')}\n`;
}

function section(method: MethodSheet): string {
  const { title, name, learner, attack, objective, terms, code, options } = method;
  const facts = [
    ...method.citations,
    `Learns ${learner}.`,
    `Trained against: ${attack ?? 'nothing'}.`,
    `Loss: \`${objective}\`${terms.length > 0 ? `; terms ${terms.map((term) => `\`${term}\``).join(', ')}` : ''}.`,
    `Code: ${code ?? 'none read'}.`,
  ];
  return [
    `## ${title} (\`${name}\`)`,
    facts.map((fact) => `- ${fact}`).join('\n'),
    optionTable(options, 'given with the run'),
  ].join('\n\n');
}

/** One table for all methods, with a row for each method that differs. */
function evaluations(sheets: MethodSheet[]): string {
  const rows = new Map<string, { option: MethodSheet['evaluation'][number]; names: string[] }>();
  for (const { name, evaluation } of sheets) {
    for (const option of evaluation) {
      const key = JSON.stringify(option);
      const row = rows.get(key) ?? { option, names: [] };
      row.names.push(name);
      rows.set(key, row);
    }
  }
  const paths = sheets.flatMap(({ evaluation }) => evaluation.map(({ path }) => path));
  const order = [...new Set(paths)];
  const sorted = [...rows.values()].toSorted(
    (a, b) => order.indexOf(a.option.path) - order.indexOf(b.option.path),
  );
  const cells = sorted.map(({ option, names }) => [
    ...optionCells(option, '-'),
    names.length === sheets.length ? 'all' : names.map((name) => `\`${name}\``).join(', '),
  ]);
  return [
    '## Evaluation',
    'How robust accuracy is measured. All methods are measured alike.',
    table([...OPTION_HEAD, 'Methods'], cells),
  ].join('\n\n');
}

function citations(sheets: MethodSheet[]): string {
  const entries = [...new Set(sheets.flatMap(({ bibtex }) => bibtex))];
  return `## Citations\n\n\`\`\`bibtex\n${entries.join('\n\n')}\n\`\`\``;
}

const OPTION_HEAD = ['Option', 'Meaning', 'Default', 'Paper', 'Code', 'Reason'];

function optionTable(options: MethodSheet['options'], given: string): string {
  return table(
    OPTION_HEAD,
    options.map((option) => optionCells(option, given)),
  );
}

function optionCells(option: MethodSheet['evaluation'][number], given: string): string[] {
  const { path, label, unit, paper, code, reason } = option;
  const choices = 'choices' in option ? (option.choices as string[]) : null;
  return [
    `\`${path}\``,
    `${label}${unit && unit !== '1/255' ? `, ${unit}` : ''}${choices ? `: ${choices.join(', ')}` : ''}`,
    formatSetting(option.default, unit, given),
    formatSetting(paper, unit, 'not stated'),
    formatSetting(code, unit, 'not stated'),
    reason,
  ];
}

/** The anchor that a heading `TITLE (\`NAME\`)` gets. */
function anchor(title: string, name: string): string {
  return `${title} ${name}`.toLowerCase().replaceAll(' ', '-');
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
