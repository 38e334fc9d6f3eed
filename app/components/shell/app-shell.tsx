import { Ellipsis, type LucideIcon } from "lucide-react";
import { Fragment, type ReactNode, useId } from "react";
import { cn } from "#app/components/ui/cn.ts";
import { DropdownMenu } from "#app/components/ui/dropdown-menu.tsx";
import { Link, NavLink } from "#app/components/ui/link.tsx";
import { MenuLabel, MenuLink } from "#app/components/ui/menu-items.tsx";
import { DisplayProvider } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { Brand } from "./brand-mark.tsx";
import { PageContent } from "./page-content.tsx";

const useWords = wordsOf("common");

export interface NavItem {
  to: string;
  label: string;
  icon: LucideIcon;
  /** Active only on the exact address. */
  end?: boolean;
  /** How many things wait there, with words for screen readers ("Reconnect 3 connections"). */
  badge?: { count: number; label: string };
  /** Stands in the bottom bar of a small screen, where not all do. */
  bar?: boolean;
}

/** Pages of one kind, under a heading where there is one. */
export interface NavGroup {
  heading?: string;
  items: readonly NavItem[];
}

export interface AppShellProps {
  /** The portal's start page, and its name when it is not the client's ("Admin"). */
  home: { to: string; label?: string };
  nav: readonly NavGroup[];
  /** A `TenantSwitcher`. */
  switcher?: ReactNode;
  /** A `FindButton`. */
  search?: ReactNode;
  /** A `Bell`, beside the user menu. */
  bell?: ReactNode;
  /** A `UserMenu`. */
  userMenu: ReactNode;
  /** IANA timezone in which every moment inside is printed. */
  timeZone: string;
  children: ReactNode;
}

const BOTTOM_ITEMS = 5;

/** The frame of both portals: a sidebar from 1024 px on, a top bar and a bottom bar below. All of it is links and forms. */
export function AppShell({ home, nav, switcher, search, bell, userMenu, timeZone, children }: AppShellProps) {
  const t = useWords();
  const brand = (
    <Link to={home.to} className="flex w-fit rounded-sm">
      <Brand label={home.label} short={switcher !== undefined} />
    </Link>
  );
  return (
    <DisplayProvider timeZone={timeZone}>
      <div className="min-h-dvh lg:grid lg:grid-cols-[15.5rem_minmax(0,1fr)]">
        <aside
          aria-label={t("nav.menu")}
          className="sticky top-0 z-30 hidden h-dvh flex-col gap-5 border-e border-line bg-glass px-3 py-4 backdrop-blur-xl lg:flex"
        >
          <div className="px-2 pt-1">{brand}</div>
          {switcher}
          <nav aria-label={t("nav.main")} className="-mx-3 flex-1 overflow-y-auto px-3">
            {nav.map((group) => (
              <SideGroup key={group.heading ?? ""} {...group} />
            ))}
          </nav>
        </aside>
        <div className="flex min-w-0 flex-col">
          <header className="sticky top-0 z-20 flex h-14 items-center gap-3 border-b border-line bg-glass px-4 backdrop-blur-xl lg:static lg:mx-auto lg:w-full lg:max-w-6xl lg:border-0 lg:bg-transparent lg:px-8 lg:backdrop-blur-none">
            <div className="shrink-0 lg:hidden">{brand}</div>
            {switcher && <div className="ms-auto min-w-0 max-w-[45%] lg:hidden">{switcher}</div>}
            {search}
            <div className={cn("flex shrink-0 items-center gap-2 lg:ms-auto", !switcher && "ms-auto")}>
              {bell}
              {userMenu}
            </div>
          </header>
          <main
            id="content"
            tabIndex={-1}
            className="mx-auto w-full max-w-6xl flex-1 px-4 pt-6 pb-28 outline-none sm:px-6 lg:px-8 lg:pt-2 lg:pb-16"
          >
            <PageContent>{children}</PageContent>
          </main>
        </div>
        <BottomNav nav={nav} />
      </div>
    </DisplayProvider>
  );
}

function SideGroup({ heading, items }: NavGroup) {
  const id = useId();
  return (
    <div className="not-first:mt-4">
      {heading && (
        <h2 id={id} className="mb-1 px-2.5 text-xs font-medium tracking-normal text-ink-faint">
          {heading}
        </h2>
      )}
      <ul aria-labelledby={heading && id} className="grid gap-0.5">
        {items.map((item) => (
          <li key={item.to}>
            <SideLink {...item} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function SideLink({ to, label, icon: Icon, end, badge }: NavItem) {
  return (
    <NavLink
      to={to}
      end={end}
      prefetch="intent"
      className="group relative flex h-9 items-center gap-3 rounded-control px-2.5 text-sm font-medium text-ink-muted -outline-offset-2 transition-colors before:absolute before:inset-y-2 before:-start-3 before:w-0.5 before:rounded-e-full before:bg-accent before:opacity-0 before:shadow-[0_0_10px_var(--accent)] before:transition-opacity hover:bg-hover hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:text-ink aria-[current=page]:before:opacity-100"
    >
      <Icon aria-hidden strokeWidth={1.75} className="size-4.5 shrink-0 transition-colors group-aria-[current=page]:text-accent" />
      <span className="min-w-0 flex-1 truncate">{label}</span>
      {badge && <NavBadge {...badge} />}
    </NavLink>
  );
}

function NavBadge({ count, label, className }: { count: number; label: string; className?: string }) {
  if (count === 0) return null;
  return (
    <span className={cn("rounded-full bg-warn-tint/18 px-1.5 text-xs font-medium text-warn tabular-nums", className)}>
      <span aria-hidden dir="ltr">
        {count > 99 ? "99+" : count}
      </span>
      <span className="sr-only">{label}</span>
    </span>
  );
}

const IN_CORNER = "absolute top-1 start-1/2 ms-1";

/** The pages that one most often wants, and a menu of all others in their groups; what waits there is counted on its button. */
function BottomNav({ nav }: { nav: readonly NavGroup[] }) {
  const t = useWords();
  const items = nav.flatMap((group) => group.items);
  const inBar = (item: NavItem) => items.length <= BOTTOM_ITEMS || item.bar === true;
  const rest = nav
    .map((group) => ({ ...group, items: group.items.filter((item) => !inBar(item)) }))
    .filter((group) => group.items.length > 0);
  const cell =
    "relative flex h-14 w-full flex-col items-center justify-center gap-1 px-0.5 text-2xs tracking-tight font-medium text-ink-muted transition-colors -outline-offset-2";
  const current = "aria-[current=page]:text-ink [&[aria-current=page]>svg]:text-accent";
  return (
    <nav
      aria-label={t("nav.main")}
      className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-glass pb-[env(safe-area-inset-bottom)] backdrop-blur-xl lg:hidden"
    >
      <ul className="mx-auto flex max-w-lg">
        {items.filter(inBar).map(({ to, label, icon: Icon, end, badge }) => (
          <li key={to} className="min-w-0 flex-1">
            <NavLink to={to} end={end} className={cn(cell, current)}>
              <Icon aria-hidden strokeWidth={1.75} className="size-5 shrink-0 transition-colors" />
              <span className="max-w-full truncate">{label}</span>
              {badge && <NavBadge {...badge} className={IN_CORNER} />}
            </NavLink>
          </li>
        ))}
        {rest.length > 0 && (
          <li className="min-w-0 flex-1">
            <DropdownMenu
              up
              align="end"
              className="me-2 max-h-[calc(100dvh-6rem)] overflow-y-auto overscroll-contain"
              triggerClassName={cn(cell, "group-has-[[aria-current=page]]/menu:text-ink")}
              trigger={
                <>
                  <Ellipsis aria-hidden strokeWidth={1.75} className="size-5 group-has-[[aria-current=page]]/menu:text-accent" />
                  {t("nav.more")}
                  <NavBadge {...sumOf(rest)} className={IN_CORNER} />
                </>
              }
            >
              {rest.map((group) => (
                <Fragment key={group.heading ?? ""}>
                  {group.heading && <MenuLabel>{group.heading}</MenuLabel>}
                  {group.items.map(({ to, label, icon, badge }) => (
                    <MenuLink key={to} to={to} icon={icon} end={badge && <NavBadge {...badge} />}>
                      {label}
                    </MenuLink>
                  ))}
                </Fragment>
              ))}
            </DropdownMenu>
          </li>
        )}
      </ul>
    </nav>
  );
}

/** What waits in all of these, as one badge. */
function sumOf(groups: readonly NavGroup[]): { count: number; label: string } {
  const badges = groups.flatMap(({ items }) => items.flatMap(({ badge }) => (badge && badge.count > 0 ? [badge] : [])));
  return { count: badges.reduce((sum, { count }) => sum + count, 0), label: badges.map(({ label }) => label).join(", ") };
}
