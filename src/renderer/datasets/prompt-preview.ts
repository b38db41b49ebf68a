/** The words a class is read with: underscores stand for spaces, `{}` for the class. */
export function promptPreview(template: string, className: string): string {
  return template.replace('{}', className.replaceAll('_', ' '));
}
