import { Search } from "lucide-react";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Checkbox } from "#app/components/ui/checkbox.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import type { Integration } from "./account-state.ts";

const useWords = wordsOf("accounts");

export interface PermissionList {
  groups: string[];
  /** Those that fit the filter, the ticked ones first. */
  names: string[];
  picked: string[];
  search: string;
  group: string;
}

/**
 * Single permissions by name, for experts. One form with two ways to go: filtering asks this page again and keeps what is
 * ticked, the other one goes to the provider.
 */
export function FurtherPermissions({
  integration: { provider, name, connections },
  list,
}: {
  integration: Integration;
  list: PermissionList;
}) {
  const t = useWords();
  const { base } = useTenant();
  const page = `${base}/integrations/${provider}`;
  const accounts = connections.filter(({ kind, status }) => kind === "oauth" && status === "active");
  return (
    <Card>
      <form method="get" action={`${base}/connect/${provider}`} className="grid gap-4">
        <input type="hidden" name="return" value={page} />
        <input type="hidden" name="only" value="missing" />
        <input type="hidden" name="ticks" value="1" />
        <div className="flex flex-wrap items-end gap-3">
          <Field label={t("accounts.permissionsFind")} className="min-w-40 flex-1 sm:max-w-64">
            <Input type="search" name="find" required={false} defaultValue={list.search} maxLength={60} dir="ltr" autoComplete="off" />
          </Field>
          <Field label={t("accounts.permissionsGroup")} className="min-w-40 flex-1 sm:max-w-52">
            <Select
              name="group"
              required={false}
              defaultValue={list.group}
              options={[{ value: "", label: t("accounts.permissionsAny") }, ...list.groups.map((value) => ({ value, label: value }))]}
            />
          </Field>
          {/* First of its form: what Enter presses. */}
          <Button type="submit" formAction={`${page}/permissions`}>
            <Search aria-hidden />
            {t("accounts.apply")}
          </Button>
        </div>
        {list.names.length === 0 && <p className="text-[0.8125rem] text-ink-faint">{t("accounts.permissionsNone")}</p>}
        <fieldset>
          <legend className="sr-only">{t("accounts.permissions")}</legend>
          <div dir="ltr" className="grid max-h-80 gap-x-6 gap-y-2 overflow-y-auto sm:grid-cols-2 lg:grid-cols-3">
            {list.names.map((permission) => (
              <Checkbox
                key={permission}
                name="scopes"
                value={permission}
                defaultChecked={list.picked.includes(permission)}
                label={<code className="font-mono text-xs [overflow-wrap:anywhere]">{permission}</code>}
              />
            ))}
          </div>
        </fieldset>
        <div className="flex flex-wrap items-end gap-3">
          {accounts.length > 0 && (
            <Field label={t("integrations.account")} className="min-w-40 flex-1 sm:max-w-64">
              <Select name="connection" options={accounts.map(({ id, name: account }) => ({ value: id, label: account }))} />
            </Field>
          )}
          <Button type="submit" changes>
            {t("accounts.permissionsAsk", { provider: name })}
          </Button>
        </div>
      </form>
    </Card>
  );
}
