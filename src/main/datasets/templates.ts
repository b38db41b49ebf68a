import { FaptError } from '../../shared/errors.ts';

export const DEFAULT_TEMPLATE = 'a photo of a {}.';

/** Throws `template-shape` unless the template has exactly one "{}". */
export function refuseTemplate(template: string, where: string): void {
  if (template.split('{}').length === 2) return;
  throw new FaptError(
    'template-shape',
    `The template "${template}" ${where} must have exactly one "{}", where the class name goes.`,
  );
}
