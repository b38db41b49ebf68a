import type { MethodOption, OptionDepth } from '../../shared/method-options.ts';

/** How much of the form is shown; each depth has all of the one before. */
export const DEPTHS = ['basic', 'loss', 'expert'] as const satisfies OptionDepth[];
export type Depth = (typeof DEPTHS)[number];

/** The options that a depth shows, in sections by their own depth; empty sections are left out. */
export function sectionsOf(
  options: readonly MethodOption[],
  depth: Depth,
): { depth: Depth; options: MethodOption[] }[] {
  return DEPTHS.slice(0, DEPTHS.indexOf(depth) + 1)
    .map((section) => ({
      depth: section,
      options: options.filter((option) => option.depth === section),
    }))
    .filter((section) => section.options.length > 0);
}
