import { Form } from "@remix-run/react";
import { LogOut, type LucideIcon } from "lucide-react";
import { DropdownMenu } from "#app/components/ui/dropdown-menu.tsx";
import { MenuButton, MenuLabel, MenuLink, MenuSeparator } from "#app/components/ui/menu-items.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { LocaleForm, ThemeForm } from "./preference-forms.tsx";

const useWords = wordsOf("common");

export interface UserMenuProps {
  user: { name: string; email: string };
  /** Links of this portal: profile, sessions, the other portal. */
  links?: readonly { to: string; label: string; icon: LucideIcon }[];
}

/** The person's own menu: links, theme, language and the way out (POST /sign-out). */
export function UserMenu({ user, links = [] }: UserMenuProps) {
  const t = useWords();
  const shownName = user.name || user.email;
  return (
    <DropdownMenu
      align="end"
      label={`${t("account.menu")}: ${shownName}`}
      className="w-72"
      trigger={
        <span className="grid size-9 place-items-center rounded-full border border-line-strong bg-linear-to-br from-accent-soft to-magenta-soft text-xs font-semibold transition-colors group-open/menu:border-accent hover:border-line-control">
          {initials(shownName)}
        </span>
      }
      triggerClassName="rounded-full"
    >
      <div className="min-w-0 px-2.5 py-2">
        <p className="sr-only">{t("account.signedInAs")}</p>
        <p dir="auto" className="truncate text-left text-sm font-semibold rtl:text-right">
          {shownName}
        </p>
        {user.name && <p className="truncate text-[0.8125rem] text-ink-faint">{user.email}</p>}
      </div>
      <MenuSeparator />
      {links.map(({ to, label, icon }) => (
        <MenuLink key={to} to={to} icon={icon}>
          {label}
        </MenuLink>
      ))}
      <MenuLabel>{t("theme.label")}</MenuLabel>
      <ThemeForm className="px-1.5" />
      <MenuLabel>{t("language.label")}</MenuLabel>
      <LocaleForm className="px-1.5" />
      <MenuSeparator />
      <Form method="post" action="/sign-out">
        <MenuButton icon={LogOut}>{t("account.signOut")}</MenuButton>
      </Form>
    </DropdownMenu>
  );
}

function initials(name: string): string {
  const [first = "", second = ""] = name.split(/[\s@.]+/);
  return `${first.charAt(0)}${second.charAt(0)}`.toUpperCase();
}
