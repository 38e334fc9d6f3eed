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
  "actions:decide": "permission.actions_decide",
  "actions:reveal": "permission.actions_reveal",
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
  const head = "px-1 py-2.5 text-xs font-medium text-ink-faint sm:px-3";
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
              <th scope="col" className={cn(head, "ps-4 text-start align-bottom sm:ps-5")}>
                {t("team.right")}
              </th>
              {roles.map(({ role }) => (
                <th key={role} scope="col" className={cn(head, "text-center align-bottom whitespace-nowrap last:pe-3")}>
                  {/* On a phone six names side by side would be cut. */}
                  <span className="max-sm:inline-block max-sm:rotate-180 max-sm:[writing-mode:vertical-rl]">{t(`role.${role}`)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {permissions.map((permission) => (
              <tr key={permission}>
                <th scope="row" className="py-2.5 ps-4 pe-1 text-start font-normal text-ink sm:min-w-44 sm:ps-5">
                  {t(WORDS[permission])}
                </th>
                {roles.map(({ role, may }) => {
                  const allowed = may.includes(permission);
                  const Icon = allowed ? Check : Minus;
                  return (
                    <td key={role} className="px-1 py-2.5 text-center last:pe-3 sm:px-3">
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
      <p className="border-t border-line px-4 py-3 text-[0.8125rem] text-ink-muted sm:px-5">{t("team.rolesNote")}</p>
    </Card>
  );
}
