import { DEPTHS, sectionsOf } from '../../../src/renderer/train/depths.ts';
import { optionsOf } from '../../../src/shared/method-options.ts';
import type { MethodName } from '../../../src/shared/run-config.ts';

export const fieldsOf = optionsOf;

/** The paths that each depth of a method's form shows. */
export function depthsShown(method: MethodName): string[][] {
  return DEPTHS.map((depth) =>
    sectionsOf(optionsOf(method), depth).flatMap(({ options }) => options.map(({ path }) => path)),
  );
}
