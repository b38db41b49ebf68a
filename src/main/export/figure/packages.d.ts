/** Packages that come without types: what figures use of them. */
declare module 'svg-to-pdfkit' {
  export default function SVGtoPDF(
    document: PDFKit.PDFDocument,
    svg: string,
    x: number,
    y: number,
    options: {
      width: number;
      height: number;
      assumePt: boolean;
      fontCallback: (family: string, isBold: boolean, isItalic: boolean) => string;
    },
  ): void;
}

declare module 'fontkit' {
  export function openSync(file: string): unknown;
}
