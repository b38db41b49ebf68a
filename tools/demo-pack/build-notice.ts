/**
 * Writes resources/demo/NOTICE.md: whose drawings the demo pack is made of, under which licence,
 * from which package and version, and what was changed.
 *
 *   node tools/demo-pack/build-notice.ts [--out resources/demo/NOTICE.md]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { licenceOf } from './concepts.ts';
import { STYLES, type Style } from './styles.ts';

const LICENCE_LINKS: Readonly<Record<string, string>> = {
  'Apache-2.0': '[Apache-2.0](LICENSE-Apache-2.0.txt)',
  'CC-BY-4.0': '[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/)',
  MIT: 'MIT (text below)',
};

function versionOf(packageName: string): string {
  const url = new URL(`./node_modules/${packageName}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { version: string }).version;
}

function rowOf(style: Style): string {
  const use = style.role === 'pretraining' ? 'trained the demo CLIP' : 'few-shot datasets';
  const source = `npm package \`${style.packageName}\` ${versionOf(style.packageName)}`;
  const licence = LICENCE_LINKS[licenceOf(style)] as string;
  return `| ${style.id} | ${style.author} | ${licence} | ${source}, drawn from ${style.origin} | ${use} |`;
}

const MIT_TEXT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

const notice = `# Notice: drawings in the demo pack

The pictures in \`datasets/\` are made from emoji drawn by others, and the weights in \`model/\` were
trained on pictures made the same way. This file is written by \`tools/demo-pack/build-notice.ts\`.

| Set | Author | Licence | Source | Used for |
|---|---|---|---|---|
${STYLES.map(rowOf).join('\n')}

Names of the emoji: \`emojibase-data\` ${versionOf('emojibase-data')}, Copyright (c) Miles Johnson, MIT, after the
Unicode Common Locale Data Repository.

## Changes made

Each drawing was rendered to 96 x 96 pixels, cut to its outline, sometimes mirrored, resized, rotated,
shifted (parts may lie outside the frame), turned in hue, saturation and brightness, and put on a
generated background with generated shapes behind and over it, at 64 x 64 pixels. The authors of the
drawings have not endorsed this project or these changes. No drawing is here in its original form.

## Copyright and licence texts

- noto, noto-v1: Copyright Google Inc. Licensed under the Apache License, Version 2.0, whose text is in
  \`LICENSE-Apache-2.0.txt\`.
- twemoji: Copyright Twitter, Inc and other contributors. Graphics licensed under CC BY 4.0,
  https://creativecommons.org/licenses/by/4.0/.
- emojione: Emoji One version 2.3.0, licensed under CC BY 4.0,
  https://creativecommons.org/licenses/by/4.0/.
- fluent-emoji, fluent-emoji-flat, fluent-emoji-3d: Copyright (c) Microsoft Corporation; the package
  \`@lobehub/fluent-emoji-3d\`: Copyright (c) 2023 LobeHub; \`emojibase-data\`: Copyright (c) 2017-2019
  Miles Johnson. All under the MIT licence:

${MIT_TEXT.replaceAll(/^(?=.)/gm, '> ').replaceAll(/^$/gm, '>')}
`;

const { values } = parseArgs({
  options: { out: { type: 'string', default: 'resources/demo/NOTICE.md' } },
});
writeFileSync(values.out, notice);
console.log(`Wrote ${values.out}`);
