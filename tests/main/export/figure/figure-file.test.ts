import { inflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { drawChart } from '../../../../src/main/export/figure/draw-chart.ts';
import { figureFile } from '../../../../src/main/export/figure/figure-file.ts';
import { frameFigure } from '../../../../src/main/export/figure/frame-figure.ts';
import { outlineText } from '../../../../src/main/export/figure/outline-text.ts';
import { LAYOUT_WIDTHS } from '../../../../src/shared/api/export.ts';
import { chartSvg } from '../../../../src/shared/charts/chart-svg.ts';
import { lineOption } from '../../../../src/shared/charts/line-option.ts';
import { runStyle } from '../../../../src/shared/charts/run-style.ts';

const lines = ['zero-shot', 'FAP', 'CBA-FAPT'].map((name, index) => ({
  name,
  style: runStyle(name),
  points: [0, 1, 2].map((x) => [x, x * index] as const),
}));
const option = lineOption({
  lines,
  xName: 'Step',
  yName: 'loss',
  isDark: false,
  description: 'three lines',
});

function drawing(width: number, title: string | null = null) {
  const svg = drawChart(option, { width, height: 200 });
  return frameFigure({ svg, width, height: 200, title, note: 'PGD-20, n = 100.', hidden: ['APT'] });
}

describe('a figure', () => {
  it('stands on white with its legend, its protocol and what was hidden', () => {
    const { svg, height } = drawing(729, 'Loss <of> runs');
    expect(svg).toContain('<rect width="729"');
    for (const text of ['zero-shot', 'CBA-FAPT', 'PGD-20, n = 100.', 'Not shown on screen: APT.']) {
      expect(svg).toContain(`>${text}</text>`);
    }
    expect(svg).toContain('Loss &lt;of&gt; runs');
    expect(height).toBeGreaterThan(200);
    expect(svg).not.toMatch(/<style|ecmeta/);
  });

  it('leaves series out that are hidden', async () => {
    const { init } = await import('echarts');
    const svg = chartSvg(init, option, { width: 400, height: 200 }, ['FAP']);
    expect(svg).not.toMatch(/>FAP<\/text>/);
    expect(svg).toMatch(/>CBA-FAPT<\/text>/);
  });

  it.each([
    '<svg><image href="file:///etc/passwd"/></svg>',
    '<svg><script>1</script></svg>',
    '<svg><rect fill="url(other.svg#a)"/></svg>',
    'not a drawing',
  ])('is refused where it reaches outside itself: %s', (svg) => {
    const figure = { svg, width: 10, height: 10, title: null, note: 'n', hidden: [] };
    expect(() => frameFigure(figure)).toThrow(/cannot be exported/);
  });
});

describe('PDF', () => {
  it.each([
    ['pdf-3.25in', 234],
    ['pdf-6.75in', 486],
  ] as const)('%s is that wide, of vectors and embedded fonts', async (format, points) => {
    const { bytes, missing } = await figureFile(drawing(LAYOUT_WIDTHS[format]), format);
    const text = Buffer.from(bytes).toString('latin1');
    expect(text).toMatch(new RegExp(`/MediaBox \\[0 0 ${points} `));
    expect(text).toContain('/FontFile2');
    expect(text).toMatch(/\+DejaVuSans\b/);
    expect(text).not.toContain('/Subtype /Image');
    expect(contents(Buffer.from(bytes))).toMatch(/\bl\n[\s\S]*\bS\n/);
    expect(missing).toBe('');
  });

  it('says which characters its font lacks', async () => {
    const { missing } = await figureFile(drawing(351, '熊 and 熊 and é'), 'pdf-3.25in');
    expect(missing).toBe('熊');
  });
});

/** The drawing operators of every compressed stream that is text. */
function contents(pdf: Buffer): string {
  const parts: string[] = [];
  for (let at = pdf.indexOf('stream\n'); at >= 0; at = pdf.indexOf('stream\n', at + 1)) {
    try {
      parts.push(inflateSync(pdf.subarray(at + 7)).toString('latin1'));
    } catch {
      // Not a compressed stream.
    }
  }
  return parts.join('\n');
}

describe('PNG', () => {
  it('has two pixels for one, on white, with text drawn as shapes', async () => {
    const { svg, width, height } = drawing(729);
    expect(outlineText(svg)).not.toContain('<text');
    const { bytes } = await figureFile({ svg, width, height }, 'png');
    const image = sharp(bytes);
    const meta = await image.metadata();
    expect([meta.width, meta.height, meta.hasAlpha]).toEqual([2 * width, 2 * height, false]);
    const { data } = await image
      .extract({ left: 0, top: 2 * 204, width: 400, height: 30 })
      .raw()
      .toBuffer({ resolveWithObject: true });
    // The protocol's letters are there.
    expect(Math.min(...data)).toBeLessThan(128);
    expect(data[0]).toBe(255);
  });
});
