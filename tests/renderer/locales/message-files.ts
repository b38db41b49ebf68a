import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = 'src/renderer/locales';

/** Every string of a language by its full key. */
export function messagesOf(language: string): Map<string, string> {
  const folder = join(ROOT, language);
  return new Map(
    readdirSync(folder).flatMap((file) => {
      const tree: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      return flatten(tree, file.replace('.json', ''));
    }),
  );
}

function flatten(node: unknown, key: string): [string, string][] {
  if (typeof node === 'string') return [[key, node]];
  return Object.entries(node as object).flatMap(([name, child]) =>
    flatten(child, `${key}.${name}`),
  );
}

/** The names that are filled into a message. */
export function placeholdersOf(message: string): string[] {
  return [...new Set([...message.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))].sort();
}
