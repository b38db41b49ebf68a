/** Text that cannot be taken for markup. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

/** `+3.2`, `-0.5`, `0.0`: percentage points. */
export function points(fraction: number): string {
  const text = (100 * fraction).toFixed(1);
  return fraction > 0 && text !== '0.0' ? `+${text}` : text.replace(/^-0\.0$/, '0.0');
}

/** Three significant digits, small numbers as powers of ten. */
export function short(value: number): string {
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  return magnitude >= 0.001 && magnitude < 10_000
    ? String(Number(value.toPrecision(3)))
    : value.toExponential(1);
}

export function pngUri(png: Buffer): string {
  return `data:image/png;base64,${png.toString('base64')}`;
}
