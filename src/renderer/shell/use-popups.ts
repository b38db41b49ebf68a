import { useMutationObserver } from '@vueuse/core';
import { type MaybeRefOrGetter, toValue } from 'vue';

/** Where whatever opens in front of the page is put: lists, menus, hints and dialogs. */
export const POPUPS = '#popups';

/**
 * Keeps the place of popups a landmark with a name while something is in it, and mends the lists
 * that the component library opens: all of a page belongs to a landmark, and a list of choices
 * holds choices alone and has the name of the field that opened it.
 */
export function usePopups(name: MaybeRefOrGetter<string>): void {
  const place = document.querySelector<HTMLElement>(POPUPS);
  useMutationObserver(
    place,
    () => {
      if (!place) return;
      // A component may leave an empty element behind.
      const isFilled = [...place.children].some((child) => child.childElementCount > 0);
      setOrRemove(place, 'role', isFilled ? 'region' : null);
      setOrRemove(place, 'aria-label', isFilled ? toValue(name) : null);
      for (const list of place.querySelectorAll('[role=listbox]')) mendList(list);
      // A choice that also shows a description is named by all that it shows.
      for (const description of place.querySelectorAll('[data-slot=itemDescription]')) {
        description.closest('[role=option]')?.removeAttribute('aria-labelledby');
      }
    },
    { childList: true, subtree: true },
  );
}

/** A searchable list also holds its search field: there the part with the choices is the list. */
function mendList(list: Element): void {
  const choices = list.querySelector(':scope > [data-slot=focusScope] > [data-slot=viewport]');
  const named = choices ?? list;
  const opener = document.querySelector<HTMLElement>(`[aria-controls="${CSS.escape(list.id)}"]`);
  if (opener && !named.hasAttribute('aria-label')) {
    named.setAttribute('aria-label', nameOf(opener));
  }
  if (!choices) return;
  choices.setAttribute('role', 'listbox');
  for (const attribute of ['aria-multiselectable', 'aria-orientation']) {
    setOrRemove(choices, attribute, list.getAttribute(attribute));
    list.removeAttribute(attribute);
  }
  list.removeAttribute('role');
  choices.id ||= `${list.id}-choices`;
  list.querySelector('[role=combobox]')?.setAttribute('aria-controls', choices.id);
}

function nameOf(field: HTMLElement): string {
  const label = field instanceof HTMLButtonElement ? field.labels[0] : undefined;
  return field.getAttribute('aria-label') ?? (label ?? field).textContent?.trim() ?? '';
}

function setOrRemove(element: Element, attribute: string, value: string | null): void {
  if (value === null) element.removeAttribute(attribute);
  else element.setAttribute(attribute, value);
}
