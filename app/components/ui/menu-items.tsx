import type { LucideIcon } from "lucide-react";
import type { ComponentPropsWithoutRef, ReactNode } from "react";
import { cn } from "./cn.ts";
import { NavLink } from "./link.tsx";

const itemClass =
  "flex w-full items-center gap-2.5 rounded-control px-2.5 py-2 text-start text-sm text-ink-muted transition-colors hover:bg-hover hover:text-ink aria-[current=page]:text-ink -outline-offset-2";

interface ItemProps {
  icon?: LucideIcon;
  /** What stands at the end of the line, say a check mark. */
  end?: ReactNode;
  children: ReactNode;
}

function Content({ icon: Icon, end, children }: ItemProps) {
  return (
    <>
      {Icon && <Icon aria-hidden className="size-4 shrink-0" />}
      <span dir="auto" className="min-w-0 flex-1 truncate text-left rtl:text-right">
        {children}
      </span>
      {end}
    </>
  );
}

/** A menu item that leads somewhere. */
export function MenuLink({ to, ...item }: ItemProps & { to: string }) {
  return (
    <NavLink to={to} className={itemClass}>
      <Content {...item} />
    </NavLink>
  );
}

/** A menu item that submits the form around it, or calls `onClick`. */
export function MenuButton({ icon, end, children, className, ...rest }: ItemProps & ComponentPropsWithoutRef<"button">) {
  return (
    <button type="submit" className={cn(itemClass, className)} {...rest}>
      <Content icon={icon} end={end}>
        {children}
      </Content>
    </button>
  );
}

/** What the items below it have in common. */
export function MenuLabel({ children }: { children: ReactNode }) {
  return <p className="px-2.5 pt-2 pb-1 text-xs font-medium text-ink-faint">{children}</p>;
}

/** A line between two groups of items. */
export function MenuSeparator() {
  return <hr className="-mx-1.5 my-1 border-line" />;
}
