/** A file name without its ending, of letters, digits, dots and dashes alone. */
export function fileStem(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}.]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');
  return plain.slice(0, 100) || 'export';
}
