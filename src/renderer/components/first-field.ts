/** `content` of a dialog that begins with a field: without it the button that closes it is first. */
export const FIRST_FIELD = {
  onOpenAutoFocus(event: Event): void {
    const field = (event.target as Element).querySelector<HTMLElement>('form input');
    if (!field) return;
    event.preventDefault();
    field.focus();
  },
};
