import { FaptError } from '../../shared/errors.ts';

export const DEFAULT_TEMPLATE = 'a photo of a {}.';

/** Hand templates of the published split files of CoOp; the others use the default. */
const PUBLISHED: Record<string, string> = {
  split_zhou_OxfordPets: 'a photo of a {}, a type of pet.',
  split_zhou_OxfordFlowers: 'a photo of a {}, a type of flower.',
  split_zhou_Food101: 'a photo of {}, a type of food.',
  split_zhou_DescribableTextures: '{} texture.',
  split_zhou_EuroSAT: 'a centered satellite photo of {}.',
  split_zhou_UCF101: 'a photo of a person doing {}.',
};

/** The hand template for a split file of this name (without ending). */
export function templateFor(splitName: string): string {
  return PUBLISHED[splitName] ?? DEFAULT_TEMPLATE;
}

/** Throws `template-shape` unless the template has exactly one "{}". */
export function refuseTemplate(template: string, where: string): void {
  if (template.split('{}').length === 2) return;
  throw new FaptError(
    'template-shape',
    `The template "${template}" in ${where} must have exactly one "{}", where the class name goes.`,
  );
}
