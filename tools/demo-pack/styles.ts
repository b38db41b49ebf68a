/**
 * The drawing styles of the demo pack. Four are for training the small CLIP; the few-shot datasets
 * use the three others, so that adaptation meets drawings the model has never seen. The three come
 * from three different designers (an outline shared by two of them would join train and test).
 */
export interface Style {
  readonly id: string;
  readonly packageName: string;
  readonly role: 'pretraining' | 'few-shot';
  /** Who drew the set, and where it comes from: what a NOTICE has to name. */
  readonly author: string;
  readonly origin: string;
}

const FLUENT = {
  author: 'Microsoft Corporation',
  origin: 'https://github.com/microsoft/fluentui-emoji',
};
const NOTO = { author: 'Google Inc', origin: 'https://github.com/googlefonts/noto-emoji' };
const TWEMOJI = {
  author: 'Twitter, Inc and other contributors',
  origin: 'https://github.com/jdecked/twemoji',
};
const EMOJIONE = {
  author: 'Emoji One (version 2.3.0)',
  origin: 'https://github.com/EmojiTwo/emojitwo',
};

export const STYLES: readonly Style[] = [
  { id: 'noto', packageName: '@iconify-json/noto', role: 'pretraining', ...NOTO },
  { id: 'twemoji', packageName: '@iconify-json/twemoji', role: 'pretraining', ...TWEMOJI },
  {
    id: 'fluent-emoji-flat',
    packageName: '@iconify-json/fluent-emoji-flat',
    role: 'pretraining',
    ...FLUENT,
  },
  { id: 'fluent-emoji', packageName: '@iconify-json/fluent-emoji', role: 'pretraining', ...FLUENT },
  { id: 'noto-v1', packageName: '@iconify-json/noto-v1', role: 'few-shot', ...NOTO },
  { id: 'emojione', packageName: '@iconify-json/emojione', role: 'few-shot', ...EMOJIONE },
  { id: 'fluent-emoji-3d', packageName: '@lobehub/fluent-emoji-3d', role: 'few-shot', ...FLUENT },
];

export const PRETRAINING_STYLES: readonly Style[] = STYLES.filter((s) => s.role === 'pretraining');
export const FEW_SHOT_STYLES: readonly Style[] = STYLES.filter((s) => s.role === 'few-shot');

/** The licences (SPDX) that let us draw from a set and hand on what we drew: no share-alike. */
export const ALLOWED_LICENCES: readonly string[] = ['Apache-2.0', 'MIT', 'CC-BY-4.0'];
