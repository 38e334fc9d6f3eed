import { Form } from "@remix-run/react";
import { Check, ChevronsUpDown } from "lucide-react";
import { DropdownMenu } from "#app/components/ui/dropdown-menu.tsx";
import { MenuButton, MenuLabel } from "#app/components/ui/menu-items.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("common");

export interface TenantSwitcherProps {
  current: { id: string; name: string };
  tenants: readonly { id: string; name: string }[];
  /** Where the choice is posted, as `tenantId`. */
  action: string;
}

/** The workspace's name; a menu of all of them for a person who has several. */
export function TenantSwitcher({ current, tenants, action }: TenantSwitcherProps) {
  const t = useWords();
  const face = (
    <>
      <span
        aria-hidden
        className="grid size-7 shrink-0 place-items-center rounded-[0.4375rem] border border-accent-line bg-accent-soft font-mono text-xs font-semibold text-accent"
      >
        {current.name.charAt(0).toUpperCase()}
      </span>
      <span className="sr-only">{t("tenant.current")}: </span>
      <span dir="auto" className="min-w-0 flex-1 truncate text-left text-sm rtl:text-right font-medium text-ink">
        {current.name}
      </span>
    </>
  );
  if (tenants.length < 2) return <p className="flex min-w-0 items-center gap-2.5 px-1.5 py-1">{face}</p>;
  return (
    <DropdownMenu
      className="w-64"
      triggerClassName="block"
      trigger={
        <span className="flex min-w-0 items-center gap-2.5 rounded-control border border-line px-1.5 py-1 transition-colors group-open/menu:border-line-control hover:bg-hover">
          {face}
          <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-ink-faint" />
        </span>
      }
    >
      <MenuLabel>{t("tenant.workspaces")}</MenuLabel>
      <Form method="post" action={action} className="grid gap-0.5">
        {tenants.map(({ id, name }) => (
          <MenuButton
            key={id}
            name="tenantId"
            value={id}
            aria-current={id === current.id || undefined}
            className="aria-[current=true]:text-ink"
            end={id === current.id && <Check aria-hidden className="size-4 text-accent" />}
          >
            {name}
          </MenuButton>
        ))}
      </Form>
    </DropdownMenu>
  );
}
