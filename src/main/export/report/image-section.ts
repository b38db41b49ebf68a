import { cssColor, divergingColor, textColorOn } from '../../../shared/color-scale.ts';
import { escapeHtml as e, short } from './html.ts';
import type { ReportData, ReportImage, ReportImageMethod, ReportView } from './report-data.ts';

/** What the section shows. */
export type ImageSectionData = Pick<
  ReportData,
  'images' | 'imageRule' | 'scaleLimit' | 'stability'
>;

/** Clean and attacked maps of both methods for a few images, on one scale. */
export function imageSection(data: ImageSectionData): string {
  const { images, imageRule, scaleLimit } = data;
  return `<section><h2 id="why">Why: what each method looks at</h2>
<p>A map says how much each patch of the image, or each word of the true class's text, adds to (orange) or takes from (blue) the score of the true class. Each method is attacked by its own white-box attack; "adversarial" under a method is the image that was made against that very method.</p>
<p>${e(imageRule)}</p>${colorBar(scaleLimit)}${stabilityTable(data)}
${images.map((image) => imageBlock(image, scaleLimit)).join('')}</section>`;
}

/** The one scale of all maps: its ends and middle as numbers. */
function colorBar(limit: number): string {
  const stops = Array.from({ length: 21 }, (_, i) => cssColor(divergingColor(i / 10 - 1))).join(
    ', ',
  );
  const ticks = [-1, -0.5, 0, 0.5, 1]
    .map((share) => `<span>${onScale(share * limit, limit)}</span>`)
    .join('');
  return `<figure class="bar"><div role="img" aria-label="Colour scale of every map in this report, from ${onScale(-limit, limit)} (blue) over 0 to ${onScale(limit, limit)} (orange)">
<div class="ramp" style="background:linear-gradient(to right, ${stops})"></div><div class="ticks">${ticks}</div></div>
<figcaption>One scale for all maps of this report, images and words: contribution to the score (cosine) of the true class. Over pictures, weak values let the grey picture through.</figcaption></figure>`;
}

/** A value with as many decimals as tell a hundredth of the scale apart. */
function onScale(value: number, limit: number): string {
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(limit)));
  return value.toFixed(decimals).replace(/^-(0\.?0*)$/, '$1');
}

function stabilityTable({ stability }: ImageSectionData): string {
  if (stability.length === 0) return '';
  const rows = stability.map(
    ({ title, n, imageL2, textKl }) =>
      `<tr><th scope="row">${e(title)}</th><td>${n}</td><td>${short(imageL2)}</td><td>${short(textKl)}</td></tr>`,
  );
  return `<table class="numbers"><caption>Mean drift of the maps under each method's own attack.</caption>
<thead><tr><th scope="col" class="name">Method</th><th scope="col">n</th><th scope="col">Image map, l2</th><th scope="col">Words, KL</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function imageBlock(image: ReportImage, limit: number): string {
  const methods = image.methods.map((method) => methodBlock(image, method, limit)).join('');
  return `<article class="image"><h3>${e(image.trueClass)} <small>${e(image.id)}</small></h3>
<p class="reason">${e(image.reason)}</p>${methods}</article>`;
}

function methodBlock(image: ReportImage, method: ReportImageMethod, limit: number): string {
  const view = (name: string, side: ReportView) => viewBlock(image, method, name, side, limit);
  return `<section class="method"><h4>${e(method.title)}</h4>
<p class="drift">drift under its own attack: image map l2 ${short(method.drift.imageL2)}, words KL ${short(method.drift.textKl)}</p>
<div class="views">${view('clean', method.clean)}${view('adversarial', method.adversarial)}</div></section>`;
}

function viewBlock(
  image: ReportImage,
  method: ReportImageMethod,
  name: string,
  view: ReportView,
  limit: number,
): string {
  const origin = name === 'clean' ? 'no attack' : `made by the attack on ${method.title}`;
  const logits = view.top
    .map(({ name: label, logit }) => `${e(label)} ${logit.toFixed(2)}`)
    .join(', ');
  const verdict = view.isRight ? 'right' : 'wrong';
  return `<div class="view"><h5>${e(name)} <small>${e(origin)}</small></h5><div class="pictures">
<img src="${view.picture}" alt="The ${e(name)} image of class ${e(image.trueClass)}">
<img src="${view.overlay}" alt="Map of ${e(method.title)} over the ${e(name)} image in grey"></div>
${wordRow(method.tokens, view.words, limit)}
<p class="logits"><span class="${verdict}">${verdict}: ${e(view.predicted)}</span>, margin ${view.margin.toFixed(2)}; logits: ${logits}</p></div>`;
}

/** The text's tokens, coloured by their values; learned context is marked by a dashed frame. */
function wordRow(tokens: string[], values: number[], limit: number): string {
  const words = tokens.map((token, i) => {
    const value = values[i] ?? 0;
    const color = divergingColor(value / limit);
    const isLearned = /^\[\d+\]$/.test(token);
    const style = `background:${cssColor(color)};color:${textColorOn(color)}`;
    const shown = e(token.replace('</w>', ''));
    return `<li class="${isLearned ? 'learned' : ''}" style="${style}"><span>${shown}</span><small>${onScale(value, limit)}</small></li>`;
  });
  return `<ul class="words" aria-label="Value of each word; dashed frames are learned context">${words.join('')}</ul>`;
}
