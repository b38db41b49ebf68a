import type { TagColor } from '../../shared/api/run-keeping.ts';

/** Written out, since Tailwind keeps the classes that it can read in the source. */
const CLASSES: Record<TagColor, string> = {
  red: 'border-red-700/40 bg-red-50 text-red-800 dark:bg-red-950 dark:text-red-300',
  orange:
    'border-orange-700/40 bg-orange-50 text-orange-800 dark:bg-orange-950 dark:text-orange-300',
  amber: 'border-amber-700/40 bg-amber-50 text-amber-900 dark:bg-amber-950 dark:text-amber-300',
  green: 'border-green-700/40 bg-green-50 text-green-800 dark:bg-green-950 dark:text-green-300',
  teal: 'border-teal-700/40 bg-teal-50 text-teal-800 dark:bg-teal-950 dark:text-teal-300',
  sky: 'border-sky-700/40 bg-sky-50 text-sky-800 dark:bg-sky-950 dark:text-sky-300',
  blue: 'border-blue-700/40 bg-blue-50 text-blue-800 dark:bg-blue-950 dark:text-blue-300',
  violet:
    'border-violet-700/40 bg-violet-50 text-violet-800 dark:bg-violet-950 dark:text-violet-300',
  pink: 'border-pink-700/40 bg-pink-50 text-pink-800 dark:bg-pink-950 dark:text-pink-300',
  slate: 'border-slate-500/40 bg-slate-100 text-slate-800 dark:bg-slate-800 dark:text-slate-200',
};

/** The look of a tag; one without a colour is grey. */
export function tagClass(color: TagColor | null): string {
  return CLASSES[color ?? 'slate'];
}
