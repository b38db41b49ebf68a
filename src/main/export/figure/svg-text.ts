/** A `<text>` element without children of its own, as ECharts and our drawings write them. */
export type SvgText = { attributes: Map<string, string>; text: string };

const TEXT = /<text\b([^>]*)>([^<]*)<\/text>/g;
const ATTRIBUTE = /([\w:-]+)\s*=\s*"([^"]*)"/g;

/** Replaces every text of a drawing. */
export function mapTexts(svg: string, map: (text: SvgText) => string): string {
  return svg.replace(TEXT, (_whole, attributes: string, content: string) =>
    map({ attributes: attributesOf(attributes), text: unescapeXml(content) }),
  );
}

/** All texts of a drawing, one after the other. */
export function textOf(svg: string): string {
  let all = '';
  mapTexts(svg, ({ text }) => {
    all += text;
    return '';
  });
  return all;
}

/** Attributes, with those of `style` among them: a style wins over an attribute. */
function attributesOf(source: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', value = ''] of source.matchAll(ATTRIBUTE)) {
    found.set(name, unescapeXml(value));
  }
  for (const declaration of (found.get('style') ?? '').split(';')) {
    const [name = '', value = ''] = declaration.split(':');
    if (name.trim()) found.set(name.trim(), value.trim());
  }
  return found;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    return ENTITIES[name] ?? whole;
  });
}

/** Text that cannot be taken for markup. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
