/** What stays with a person whatever is in front of the page: messages are read and closed. */
const STAYS = '[data-stays]';
/** A list of choices and a menu are no dialogs: behind a native one the page stays what it was. */
const POPUPS = '[role=listbox], [role=menu]';

/** How many open dialogs hide an element. */
const hiders = new Map<Element, number>();

/**
 * Hides all of the page but `target`, a dialog, from screen readers, and answers with what undoes
 * that. It stands in for the package of this name that the component library asks, behind lists
 * and menus too: there the page would be hidden and yet take the focus, which breaks axe's rule
 * `aria-hidden-focus` (https://github.com/unovue/reka-ui/issues/2922). A dialog keeps the keyboard
 * in itself.
 */
export function hideOthers(target: Element): () => void {
  if (target.matches(POPUPS)) return () => {};
  const hidden = othersOf(document.body, [target, ...document.querySelectorAll(STAYS)]);
  for (const element of hidden) hide(element);
  // The library may undo twice: once for the element, once for its component.
  return () => hidden.splice(0).forEach(show);
}

/** The largest elements below `parent` that hold none of `kept`; not those hidden by others. */
function othersOf(parent: Element, kept: readonly Element[]): Element[] {
  return [...parent.children].flatMap((child) => {
    if (kept.includes(child)) return [];
    if (kept.some((element) => child.contains(element))) return othersOf(child, kept);
    return child.hasAttribute('aria-hidden') && !hiders.has(child) ? [] : [child];
  });
}

function hide(element: Element): void {
  hiders.set(element, (hiders.get(element) ?? 0) + 1);
  element.setAttribute('aria-hidden', 'true');
}

function show(element: Element): void {
  const left = (hiders.get(element) ?? 1) - 1;
  if (left > 0) {
    hiders.set(element, left);
    return;
  }
  hiders.delete(element);
  element.removeAttribute('aria-hidden');
}
