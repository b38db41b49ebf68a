/** The series that a legend has switched off, from what ECharts tells when one is pressed. */
export function hiddenNames(event: unknown): string[] {
  const { selected } = event as { selected: Record<string, boolean> };
  return Object.entries(selected).flatMap(([name, isShown]) => (isShown ? [] : [name]));
}
