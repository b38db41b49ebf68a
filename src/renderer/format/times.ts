type Part = { value: number; unit: 'day' | 'hour' | 'minute' | 'second' };

/** `1 hr 5 min`: the two largest parts that matter, none of them an empty one. */
export function formatDuration(seconds: number, locale: string): string {
  const parts = partsOf(Math.max(0, Math.round(seconds)));
  const first = parts.findIndex(({ value }) => value > 0);
  const shown = first < 0 ? parts.slice(-1) : parts.slice(first, first + 2);
  return shown
    .filter(({ value }, index) => value > 0 || index === 0)
    .map(({ value, unit }) => formatUnit(value, unit, locale))
    .join(' ');
}

function partsOf(whole: number): Part[] {
  return [
    { value: Math.floor(whole / 86_400), unit: 'day' },
    { value: Math.floor(whole / 3600) % 24, unit: 'hour' },
    { value: Math.floor(whole / 60) % 60, unit: 'minute' },
    { value: whole % 60, unit: 'second' },
  ];
}

function formatUnit(value: number, unit: Part['unit'], locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
}

/** Date and time, short. */
export function formatWhen(ms: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(ms);
}

/** `3 minutes ago`; the date itself from a week on. */
export function formatAgo(ms: number, now: number, locale: string): string {
  const seconds = Math.round((ms - now) / 1000);
  const past = Math.abs(seconds);
  if (past >= 7 * 86_400) return formatWhen(ms, locale);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (past < 60) return relative.format(seconds, 'second');
  if (past < 3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (past < 86_400) return relative.format(Math.round(seconds / 3600), 'hour');
  return relative.format(Math.round(seconds / 86_400), 'day');
}
