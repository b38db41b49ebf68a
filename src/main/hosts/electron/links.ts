/**
 * The address within the page (behind its `#`) that a `fapt://` link or an opened file means; null for
 * what means nothing. `fapt://run/ID` shows a run, `fapt://dataset/NAME` a dataset, a run's bundle is
 * opened, another file or folder is offered for import.
 */
export function addressOf(link: string): string | null {
  if (!link.startsWith('fapt://')) {
    const place = /\.faptrun$/i.test(link) ? '/runs?open=' : '/datasets?add=';
    return place + encodeURIComponent(link);
  }
  const match = /^fapt:\/\/(run|dataset|model)\/([^/?#]+)\/?$/.exec(link);
  if (!match) return null;
  const [, kind, name = ''] = match;
  return `/${kind}s/${encodeURIComponent(safelyDecoded(name))}`;
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not an encoded name: it is taken as it stands.
    return text;
  }
}

/** A link or a file among a start's arguments; switches and the application's own path are none. */
export function linkAmong(args: readonly string[]): string | null {
  const isFile = (arg: string) => /\.(json|csv|faptrun)$/i.test(arg) && !arg.startsWith('-');
  return args.find((arg) => arg.startsWith('fapt://') || isFile(arg)) ?? null;
}
