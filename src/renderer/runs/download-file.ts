/** Hands a file to the person. */
export function downloadFile(name: string, content: string | Uint8Array, type: string): void {
  const url = URL.createObjectURL(new Blob([content as BlobPart], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the address after this turn of its loop.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
