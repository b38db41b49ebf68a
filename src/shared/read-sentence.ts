import type { Warning } from './results.ts';
import type { Sentence } from './sentence.ts';
import { ENGLISH } from './sentences/english.ts';

/** What is filled in under these names may be a sentence itself; where the codes of such begin. */
const PARTS: Readonly<Record<string, string>> = {
  problem: 'problem',
  reason: 'picture',
  does: 'remedy',
};
/** Likewise, of several with commas between them. */
const LISTS: Readonly<Record<string, string>> = { counts: 'count', losses: 'loss', edits: 'edit' };

/** Letters. A pattern of many names takes long over a text that only looks like it, as a bundle may bring. */
const LONGEST = 2000;

/**
 * A sentence that was kept or sent as text, with what was filled into it: the templates that make
 * sentences read them back. Null where it is none of those that begin with `start`, or very long.
 */
export function readSentence(text: string, start: string): Sentence | null {
  if (text.length > LONGEST) return null;
  for (const { code, pattern } of templatesOf(start)) {
    const found = pattern.exec(text);
    if (!found) continue;
    const params = Object.entries(found.groups ?? {}).map(([name, value]) => [
      name,
      readPart(value, PARTS[name]) ?? readParts(value, LISTS[name]) ?? value,
    ]);
    return { code, params: Object.fromEntries(params), message: text };
  }
  return null;
}

function readPart(text: string, start: string | undefined): Sentence | null {
  return start === undefined ? null : readSentence(text, start);
}

function readParts(text: string, start: string | undefined): Sentence[] | null {
  const parts = text.split(', ').map((part) => readPart(part, start));
  return parts.every((part) => part !== null) ? parts : null;
}

/** A warning as it is kept: its code tells which sentence it is. */
export function readWarning({ code, message }: Warning): Sentence | null {
  const kind = code.startsWith('dataset-') ? 'dataset' : code;
  return readSentence(message, `warning.${kind}`);
}

type Template = { code: string; pattern: RegExp };
const known = new Map<string, readonly Template[]>();

/** Those that say most themselves first: they fit the least that they do not mean. */
function templatesOf(start: string): readonly Template[] {
  const templates =
    known.get(start) ??
    Object.entries(ENGLISH)
      .filter(([code]) => code === start || code.startsWith(`${start}.`))
      .toSorted(([, a], [, b]) => ownLength(b) - ownLength(a))
      .map(([code, template]) => ({ code, pattern: patternOf(template) }));
  known.set(start, templates);
  return templates;
}

function ownLength(template: string): number {
  return template.replace(/\{\w+\}/g, '').length;
}

/** Fits what a template makes; a name stands for the same text wherever it is filled in. */
export function patternOf(template: string): RegExp {
  const seen = new Set<string>();
  const source = template
    .split(/(\{\w+\})/)
    .map((piece) => {
      const name = /^\{(\w+)\}$/.exec(piece)?.[1];
      if (name === undefined) return piece.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
      if (seen.has(name)) return `\\k<${name}>`;
      seen.add(name);
      return `(?<${name}>.*?)`;
    })
    .join('');
  return new RegExp(`^${source}$`, 's');
}
