/** The font of every figure that leaves the application. */
export const PRINT_FONT = 'DejaVu Sans';
/** For readers of SVG that lack it: Verdana is as wide. */
export const PRINT_FAMILY = `'${PRINT_FONT}',Verdana,sans-serif`;

/** Advance widths of DejaVu Sans from the space to the tilde, in thousandths of the font's size. */
// biome-ignore format: a table
const WIDTHS = [318,401,460,838,636,950,780,275,390,390,500,838,318,361,318,337,636,636,636,636,636,636,636,636,636,636,337,337,838,838,838,531,1000,684,686,698,770,632,575,775,752,295,295,656,557,863,748,787,603,787,695,635,611,732,684,989,685,611,685,390,337,390,838,500,500,613,635,550,635,615,352,635,634,278,278,579,278,974,634,612,635,635,411,521,392,634,592,818,592,592,525,636,337,636,838];
const SPACE = 32;
/** What a character outside the table is taken for: Han characters are square. */
const WIDE = 1000;
const FIRST_WIDE = 0x2e80;
const OTHER = 640;

/** How wide a line of text is in DejaVu Sans, whether or not this machine has the font. */
export function printWidth(text: string, fontSize: number): number {
  let width = 0;
  for (const sign of text) {
    const code = sign.codePointAt(0) ?? 0;
    width += WIDTHS[code - SPACE] ?? (code >= FIRST_WIDE ? WIDE : OTHER);
  }
  return (width * fontSize) / 1000;
}

/** A text in lines that are at most `width` wide; a longer word gets a line of its own. */
export function wrapText(text: string, width: number, fontSize: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && printWidth(longer, fontSize) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}
