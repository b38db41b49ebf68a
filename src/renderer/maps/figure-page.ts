import type { Surface } from './paint.ts';

export type Draw = (surface: Surface) => void;
export type Measure = (text: string, font: string) => number;

// Sizes in pixels.
export const WIDTH = 1120;
export const MARGIN = 24;
export const GAP = 12;
const COLUMNS = 4;
export const TILE = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS;
export const LINE = 17;
const FAMILY = 'system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif';
export const FONTS = {
  title: `600 20px ${FAMILY}`,
  name: `600 15px ${FAMILY}`,
  plain: `13px ${FAMILY}`,
  small: `12px ${FAMILY}`,
  strong: `600 12px ${FAMILY}`,
};
export const INK = '#111';

/** Texts and drawings in the order that they were put down. */
export class Page {
  readonly draws: Draw[] = [];
  readonly measure: Measure;

  constructor(measure: Measure) {
    this.measure = measure;
  }

  write(text: string, font: string, x: number, top: number): void {
    this.draws.push((surface) => {
      surface.font = font;
      surface.fillStyle = INK;
      surface.textBaseline = 'top';
      surface.fillText(text, x, top);
    });
  }

  /** Answers with where the text ends. */
  paragraph(text: string, font: string, x: number, top: number, width: number): number {
    const lines = wrapped(text, width, (part) => this.measure(part, font));
    for (const [at, line] of lines.entries()) this.write(line, font, x, top + at * LINE);
    return top + lines.length * LINE;
  }
}

/** A text in lines no wider than `width`; a single longer word keeps its own line. */
export function wrapped(text: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line ? `${line} ${word}` : word;
    if (line && measure(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line ? [...lines, line] : lines;
}
