import { existsSync, readFileSync } from 'node:fs';
import { type Emoji, listEmoji, plainCode } from './emoji.ts';
import { SPRITE_SIZE } from './sprite.ts';
import { ALLOWED_LICENCES, STYLES, type Style } from './styles.ts';

/** A concept needs this many of the seven styles. */
const LEAST_STYLES = 4;

/** A drawing, not rendered yet: one emoji in one style. */
export interface Drawing {
  /** "noto-v1/1f436": what a "cluster" of images means in the datasets. */
  readonly id: string;
  readonly style: Style;
  /** SVG text, or the path of an image file. */
  readonly source: { readonly svg: string } | { readonly path: string };
}

export interface Concept {
  readonly name: string;
  readonly code: string;
  readonly drawings: readonly Drawing[];
}

interface IconSet {
  readonly icons: Record<
    string,
    { readonly body: string; readonly width?: number; readonly height?: number }
  >;
  readonly aliases?: Record<
    string,
    {
      readonly parent: string;
      readonly hFlip?: boolean;
      readonly rotate?: number;
    }
  >;
  readonly width?: number;
  readonly height?: number;
}

const packagePath = (style: Style, file: string): string =>
  new URL(`./node_modules/${style.packageName}/${file}`, import.meta.url).pathname;

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** The licence (SPDX) a set's own package states. @throws where it does not let us redistribute. */
export function licenceOf(style: Style): string {
  const info = packagePath(style, 'info.json');
  const stated = existsSync(info)
    ? (readJson(info) as { license: { spdx: string } }).license.spdx
    : (readJson(packagePath(style, 'package.json')) as { license: string }).license;
  if (!ALLOWED_LICENCES.includes(stated)) {
    throw new Error(`${style.packageName} states the licence "${stated}"; drop it from styles.ts.`);
  }
  return stated;
}

/** What the sets that know code points call each: sets without such a table use the same names. */
function slugsByCode(): Map<string, Set<string>> {
  const slugs = new Map<string, Set<string>>();
  for (const style of STYLES) {
    const table = packagePath(style, 'chars.json');
    if (!existsSync(table)) continue;
    for (const [code, slug] of Object.entries(readJson(table) as Record<string, string>)) {
      const known = slugs.get(plainCode(code)) ?? new Set();
      slugs.set(plainCode(code), known.add(slug));
    }
  }
  return slugs;
}

function svgOf(set: IconSet, slug: string): string | undefined {
  const alias = set.aliases?.[slug];
  if (alias?.hFlip || alias?.rotate) return undefined;
  const icon = set.icons[slug] ?? (alias && set.icons[alias.parent]);
  if (!icon) return undefined;
  const box = `0 0 ${icon.width ?? set.width ?? 16} ${icon.height ?? set.height ?? 16}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${SPRITE_SIZE}" height="${SPRITE_SIZE}" viewBox="${box}">${icon.body}</svg>`;
}

type Finder = (emoji: Emoji, slugs: readonly string[]) => Drawing['source'] | undefined;

function finderOf(style: Style): Finder {
  licenceOf(style);
  if (!existsSync(packagePath(style, 'icons.json'))) {
    return ({ code }) =>
      [`assets/${code}.webp`, `assets/${code}-fe0f.webp`]
        .map((file) => packagePath(style, file))
        .filter((path) => existsSync(path))
        .map((path) => ({ path }))[0];
  }
  const set = readJson(packagePath(style, 'icons.json')) as IconSet;
  return (_emoji, slugs) =>
    slugs
      .map((slug) => svgOf(set, slug))
      .filter((svg) => svg !== undefined)
      .map((svg) => ({ svg }))[0];
}

/** Every emoji with at least four of the styles, in Unicode's order. */
export function loadConcepts(): Concept[] {
  const slugs = slugsByCode();
  const finders = STYLES.map((style) => ({ style, find: finderOf(style) }));
  return listEmoji()
    .map((emoji) => {
      const names = [...new Set([...(slugs.get(emoji.code) ?? []), emoji.slug])];
      const drawings = finders.flatMap(({ style, find }) => {
        const source = find(emoji, names);
        return source ? [{ id: `${style.id}/${emoji.code}`, style, source }] : [];
      });
      return { name: emoji.name, code: emoji.code, drawings };
    })
    .filter(({ drawings }) => drawings.length >= LEAST_STYLES);
}
