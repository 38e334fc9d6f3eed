import { Check, Minus } from "lucide-react";
import { Card } from "#app/components/ui/card.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Permission } from "#app/portal/enter-tenant.ts";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("team");

type Roles = Outputs["team"]["roles"];

/** A colon would name a namespace. */
const WORDS = {
  "portal:read": "permission.portal_read",
  "connections:write": "permission.connections_write",
  "runs:start": "permission.runs_start",
  "team:read": "permission.team_read",
  "team:write": "permission.team_write",
  "settings:write": "permission.settings_write",
  "audit:read": "permission.audit_read",
  "data:export": "permission.data_export",
  "data:delete": "permission.data_delete",
} as const satisfies Record<Permission, string>;

/** Who may do what: a line is a right, a column a role. */
export function RoleTable({ roles }: { roles: Roles }) {
  const t = useWords();
  // Some role has every right there is.
  const permissions = roles.reduce<Roles[number]["may"]>((all, { may }) => (may.length > all.length ? may : all), []);
  const head = "px-3 py-2.5 text-xs font-medium text-ink-faint";
  return (
    <Card padding="none">
      {/* A region that scrolls must be reachable by keyboard. */}
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
        tabIndex={0}
        aria-label={t("team.rolesCaption")}
        className="relative overflow-x-auto rounded-card"
      >
        <table className="w-full text-[0.8125rem]">
          <caption className="sr-only">{t("team.rolesCaption")}</caption>
          <thead>
            <tr className="border-b border-line">
              <th scope="col" className={cn(head, "text-start sm:ps-5")}>
                {t("team.right")}
              </th>
              {roles.map(({ role }) => (
                <th key={role} scope="col" className={cn(head, "text-center whitespace-nowrap")}>
                  {t(`role.${role}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {permissions.map((permission) => (
              <tr key={permission}>
                <th scope="row" className="min-w-44 px-3 py-2.5 text-start font-normal text-ink sm:ps-5">
                  {t(WORDS[permission])}
                </th>
                {roles.map(({ role, may }) => {
                  const allowed = may.includes(permission);
                  const Icon = allowed ? Check : Minus;
                  return (
                    <td key={role} className="px-3 py-2.5 text-center">
                      <Icon aria-hidden className={cn("mx-auto size-4", allowed ? "text-ok" : "text-ink-faint/60")} />
                      <span className="sr-only">{t(allowed ? "team.allowed" : "team.notAllowed")}</span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  );
}
