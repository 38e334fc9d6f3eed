import { type ReactNode, useEffect, useRef } from "react";
import { cn } from "./cn.ts";

export interface DropdownMenuProps {
  /** What stands on the closed menu. */
  trigger: ReactNode;
  /** The name for screen readers, where the trigger's own words do not say it. */
  label?: string;
  align?: "start" | "end";
  /** Opens upwards, for a trigger at the foot of the page. */
  up?: boolean;
  triggerClassName?: string;
  className?: string;
  /** `MenuLink`, `MenuButton`, `MenuLabel`, `MenuSeparator`, or a form. */
  children: ReactNode;
}

/**
 * A menu of links and forms. It is a `<details>`, so that it opens without JavaScript and may hold forms, which the menu role
 * forbids; scripts add that Escape, a click elsewhere, leaving by Tab and choosing an item close it, and that the arrow
 * keys move through it.
 */
export function DropdownMenu({ trigger, label, align = "start", up = false, triggerClassName, className, children }: DropdownMenuProps) {
  const ref = useRef<HTMLDetailsElement>(null);
  useEffect(() => (ref.current ? enhance(ref.current) : undefined), []);
  return (
    <details ref={ref} className="group/menu relative">
      <summary className={cn("rounded-control select-none", triggerClassName)}>
        {label ? (
          <>
            <span className="sr-only">{label}</span>
            <span aria-hidden>{trigger}</span>
          </>
        ) : (
          trigger
        )}
      </summary>
      <div
        className={cn(
          "pop absolute z-30 grid min-w-56 max-w-[calc(100vw-2rem)] animate-rise gap-0.5 rounded-card p-1.5",
          align === "end" ? "end-0" : "start-0",
          up ? "bottom-full mb-2" : "top-full mt-2",
          className,
        )}
      >
        {children}
      </div>
    </details>
  );
}

function enhance(menu: HTMLDetailsElement) {
  const items = () => [...menu.querySelectorAll<HTMLElement>(":scope > div :is(a[href], button:not(:disabled))")];
  const closeFor = (event: Event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
      event.stopPropagation();
    }
    // In a field the arrows are the field's own: of a date they turn the day.
    if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    menu.open = true;
    const all = items();
    const here = all.findIndex((item) => item.matches(":focus"));
    const step = event.key === "ArrowDown" ? 1 : -1;
    all[here === -1 && step === -1 ? all.length - 1 : (here + step + all.length) % all.length]?.focus();
  };
  const onChoose = (event: Event) => {
    if (event.target instanceof Element && event.target.closest("a[href]")) menu.open = false;
  };
  const onSubmit = () => {
    menu.open = false;
  };
  menu.addEventListener("keydown", onKey);
  menu.addEventListener("click", onChoose);
  menu.addEventListener("submit", onSubmit);
  document.addEventListener("pointerdown", closeFor);
  document.addEventListener("focusin", closeFor);
  return () => {
    menu.removeEventListener("keydown", onKey);
    menu.removeEventListener("click", onChoose);
    menu.removeEventListener("submit", onSubmit);
    document.removeEventListener("pointerdown", closeFor);
    document.removeEventListener("focusin", closeFor);
  };
}
