import { type Font, printFont } from './fonts.ts';
import { escapeXml, mapTexts, type SvgText } from './svg-text.ts';

const DEFAULT_SIZE = 12;

/**
 * A drawing whose texts are shapes: it looks the same wherever it is drawn, whatever fonts are there.
 */
export function outlineText(svg: string): string {
  return mapTexts(svg, outlined);
}

function outlined({ attributes, text }: SvgText): string {
  const weight = /bold|[6-9]00/.test(attributes.get('font-weight') ?? '') ? 'bold' : 'regular';
  const font = printFont(weight);
  const scale =
    Number.parseFloat(attributes.get('font-size') ?? `${DEFAULT_SIZE}`) / font.unitsPerEm;
  const { glyphs, positions, advanceWidth } = font.layout(text);
  let at = startOf(attributes.get('text-anchor'), advanceWidth);
  const shapes = glyphs.map((glyph, index) => {
    const { xAdvance = glyph.advanceWidth, xOffset = 0, yOffset = 0 } = positions[index] ?? {};
    const shape = glyph.path.toSVG();
    const placed = `<path transform="translate(${at + xOffset} ${yOffset})" d="${shape}"/>`;
    at += xAdvance;
    return shape === '' ? '' : placed;
  });
  const x = Number(attributes.get('x') ?? 0);
  const y = Number(attributes.get('y') ?? 0) + scale * loweredBy(attributes, font);
  const before = attributes.get('transform') ?? '';
  const move = `${before} translate(${x} ${y}) scale(${scale} ${-scale})`.trim();
  const fill = escapeXml(attributes.get('fill') ?? '#000000');
  return `<g transform="${escapeXml(move)}" fill="${fill}">${shapes.join('')}</g>`;
}

function startOf(anchor: string | undefined, width: number): number {
  if (anchor === 'middle') return -width / 2;
  return anchor === 'end' ? -width : 0;
}

/** How far below the given point the letters stand, in the font's units. */
function loweredBy(attributes: SvgText['attributes'], font: Font): number {
  switch (attributes.get('dominant-baseline')) {
    case 'central':
    case 'middle':
      return (font.ascent + font.descent) / 2;
    case 'hanging':
    case 'text-before-edge':
    case 'text-top':
      return font.ascent;
    case 'text-after-edge':
    case 'text-bottom':
      return font.descent;
    default:
      return 0;
  }
}
