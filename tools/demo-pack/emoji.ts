import { readFileSync } from 'node:fs';

/** One emoji as Unicode names it. */
export interface Emoji {
  /** The name as plain lower-case words: "red apple". */
  readonly name: string;
  /** The CLDR name as icon sets spell it: "red-apple". */
  readonly slug: string;
  /** Code points without variation selectors, lower-case hex, joined by "-": "1f34e". */
  readonly code: string;
}

interface EmojibaseEntry {
  readonly label: string;
  readonly hexcode: string;
  readonly group?: number;
  readonly subgroup?: number;
  readonly order?: number;
}

const packageFile = (path: string): string =>
  readFileSync(new URL(`./node_modules/${path}`, import.meta.url), 'utf8');

/** Groups of CLDR that hold no drawable thing: skin and hair components, symbols, flags. */
const DROPPED_GROUPS = new Set(['component', 'symbols', 'flags']);
/** The symbols that are pictures all the same. */
const KEPT_SYMBOLS = new Set(['warning', 'geometric', 'religion']);
/** What differs only by a mouth, a finger or who stands where: 64 pixels do not show it. */
const DROPPED_SUBGROUPS = new Set([
  'face-smiling',
  'face-affection',
  'face-tongue',
  'face-hand',
  'face-neutral-skeptical',
  'face-sleepy',
  'face-concerned',
  'cat-face',
  'monkey-face',
  'hand-fingers-open',
  'hand-fingers-partial',
  'hand-single-finger',
  'person-gesture',
  'person-symbol',
  'family',
]);
/** A clock's hands, a man's or a woman's version of a role, the same thing from another side. */
const DROPPED_NAME =
  /o’clock|-thirty$|\b(man|woman|men|women|boy|girl|mrs\.?|mx)\b|facing right|skin tone|tilted right|button|^(no|non-|oncoming|person:) |prohibited|[^ ]+ing (crescent|gibbous)|quarter moon|^sun behind|medium|small|large (blue|orange)|triangle pointed|moon face|open mailbox|lowered flag|place medal|speaker (low|high)|incoming|with (arrow|slash|pen|key)$|increasing with yen|^(yen|euro|pound) banknote|asia-australia|africa|box tray|not done|without snow|wheelchair$|cityscape|low battery|with flash|playing water|at risk/;
const KEPT_NAME = /hat$|clothes|boot|sandal|shoe$|^heart with arrow/;

/** "Piñata" -> "pinata", "person: beard" -> "person beard". */
export function plainWords(label: string): string {
  return label
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('’', "'")
    .toLowerCase()
    .replace(/[^a-z' -]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

export function slugOf(label: string): string {
  return plainWords(label).replaceAll("'", '').replace(/\s+/g, '-');
}

/** "1F3F3-FE0F" -> "1f3f3": sets disagree about the selector, never about the rest. */
export const plainCode = (code: string): string =>
  code
    .toLowerCase()
    .split('-')
    .filter((part) => part !== 'fe0f')
    .join('-');

function isPicture(entry: EmojibaseEntry, group: string, subgroup: string): boolean {
  if (DROPPED_GROUPS.has(group) && !KEPT_SYMBOLS.has(subgroup)) return false;
  if (DROPPED_SUBGROUPS.has(subgroup)) return false;
  return !DROPPED_NAME.test(entry.label.toLowerCase()) || KEPT_NAME.test(entry.label);
}

/** All emoji that are a picture of something, in Unicode's order, each name once. */
export function listEmoji(): Emoji[] {
  const entries = JSON.parse(packageFile('emojibase-data/en/data.json')) as EmojibaseEntry[];
  const groups = JSON.parse(packageFile('emojibase-data/meta/groups.json')) as {
    groups: Record<string, string>;
    subgroups: Record<string, string>;
  };
  const seen = new Set<string>();
  return [...entries]
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .filter(({ group, subgroup }) => group !== undefined && subgroup !== undefined)
    .filter((e) =>
      isPicture(e, groups.groups[`${e.group}`] ?? '', groups.subgroups[`${e.subgroup}`] ?? ''),
    )
    .map((e) => ({
      name: plainWords(e.label),
      slug: slugOf(e.label),
      code: plainCode(e.hexcode),
    }))
    .filter(({ name }) => name !== '' && !seen.has(name) && Boolean(seen.add(name)));
}
