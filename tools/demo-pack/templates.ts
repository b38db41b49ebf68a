/** Captions the small CLIP is trained with; `{}` is the concept's name. */
export const CAPTION_TEMPLATES: readonly string[] = [
  'a photo of a {}.',
  'a photo of the {}.',
  'a photo of one {}.',
  'a close-up photo of a {}.',
  'a cropped photo of the {}.',
  'a bright photo of a {}.',
  'a dark photo of the {}.',
  'a blurry photo of a {}.',
  'a good photo of the {}.',
  'a low resolution photo of a {}.',
  'a drawing of a {}.',
  'a drawing of the {}.',
  'a cartoon of a {}.',
  'a painting of a {}.',
  'a rendering of the {}.',
  'an illustration of a {}.',
  'an icon of a {}.',
  'an emoji of a {}.',
  'a picture of a {}.',
  'a picture of the {}.',
  'an image of a {}.',
  'a small {}.',
  'a large {}.',
  'this is a {}.',
  'there is a {} in the picture.',
  'a photo of a {}, a type of animal.',
  'a photo of a {}, a type of food.',
  'a photo of a {}, a type of vehicle.',
  'a photo of a {}, a type of tool.',
  'a photo of a {}, a type of plant.',
];

/** The templates that hold for any concept: the others name a kind of thing, for few-shot prompts. */
export const GENERAL_TEMPLATES: readonly string[] = CAPTION_TEMPLATES.filter(
  (template) => !template.includes('a type of'),
);

/** Puts a name into a template. */
export const captionOf = (template: string, name: string): string => template.replace('{}', name);
