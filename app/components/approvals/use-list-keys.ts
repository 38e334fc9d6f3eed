import { type RefObject, useEffect, useRef } from "react";

const NEXT: Readonly<Record<string, number>> = { j: 1, k: -1 };

/**
 * Keys of a list of things to decide: J and K move between its items (`data-item`), A presses the button with `data-key="a"` of the item in
 * which the focus is, R opens its fold with `data-key="r"`, X ticks its box. Escape closes a fold. Nothing happens while somebody types, or
 * together with another key. Once an item is decided, the next one has the focus. `shown`: what is listed.
 */
export function useListKeys(list: RefObject<HTMLElement>, shown: unknown) {
  const decided = useRef<number | null>(null);
  useEffect(() => {
    const itemsOf = () => [...(list.current?.querySelectorAll<HTMLElement>("[data-item]") ?? [])];
    const placeOf = (items: readonly HTMLElement[]) => items.findIndex((item) => item.contains(document.activeElement));
    const onKey = (event: KeyboardEvent) => {
      if (
        event.defaultPrevented ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        document.querySelector('[role="dialog"], [role="alertdialog"]')
      )
        return;
      const items = itemsOf();
      const place = placeOf(items);
      const here = items[place];
      if (event.key === "Escape") return closeFold(here);
      if (isTyping(event.target)) return;
      const key = letterOf(event);
      const step = NEXT[key];
      if (step !== undefined) {
        const next = items[place < 0 ? 0 : Math.min(Math.max(place + step, 0), items.length - 1)];
        next?.focus();
        next?.scrollIntoView({ block: "nearest" });
      } else if (!here || !press(here, key)) return;
      event.preventDefault();
    };
    const onSubmit = () => {
      const place = placeOf(itemsOf());
      decided.current = place < 0 ? null : place;
    };
    const own = list.current;
    document.addEventListener("keydown", onKey);
    own?.addEventListener("submit", onSubmit);
    return () => {
      document.removeEventListener("keydown", onKey);
      own?.removeEventListener("submit", onSubmit);
    };
  }, [list]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: for the list that has just changed
  useEffect(() => {
    const place = decided.current;
    if (place === null || document.activeElement !== document.body) return;
    decided.current = null;
    const items = list.current?.querySelectorAll<HTMLElement>("[data-item]");
    items?.item(Math.min(place, items.length - 1))?.focus();
  }, [shown]);
}

/** Whether the item has something for this key. */
function press(item: HTMLElement, key: string): boolean {
  if (key === "r") {
    const fold = item.querySelector<HTMLDetailsElement>('details[data-key="r"]');
    if (!fold) return false;
    fold.open = true;
    fold.querySelector<HTMLInputElement>('input:not([type="hidden"])')?.focus();
    return true;
  }
  const target = item.querySelector<HTMLElement>(key === "x" ? 'input[type="checkbox"]' : `button[data-key="${key}"]`);
  target?.click();
  return target !== null;
}

function closeFold(item: HTMLElement | undefined) {
  const fold = item?.querySelector<HTMLDetailsElement>("details[open]");
  if (!item || !fold) return;
  fold.open = false;
  item.focus();
}

/** A letter as it stands on the keyboard, also where that writes another script. */
const letterOf = ({ key, code }: KeyboardEvent): string => (/^[a-z]$/i.test(key) ? key : code.replace(/^Key/, "")).toLowerCase();

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('textarea, select, input:not([type="checkbox"], [type="radio"], [type="submit"])'));
