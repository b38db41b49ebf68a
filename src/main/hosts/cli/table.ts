/** Columns of text, aligned by their longest cell; columns named in `right` are right-aligned. */
export function formatTable(head: string[], rows: string[][], right: number[] = []): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) =>
    Math.max(...all.map((row) => [...(row[column] ?? '')].length)),
  );
  const line = (row: string[]) =>
    row
      .map((cell, column) => {
        const pad = ' '.repeat((widths[column] ?? 0) - [...cell].length);
        return right.includes(column) ? pad + cell : cell + pad;
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** `62.5 %` for 0.625; `-` for what was not measured. */
export function formatShare(value: number | null): string {
  return value === null ? '-' : `${(100 * value).toFixed(1)} %`;
}
