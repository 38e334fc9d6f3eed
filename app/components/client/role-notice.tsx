import { Callout } from "#app/components/ui/callout.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import { Dismiss } from "./dismiss.tsx";

const useWords = wordsOf("overview");

/** Once, where she arrives: what somebody may do here whose role changes no connections, what not, and whom to ask. */
export function RoleNotice() {
  const t = useWords();
  const { base, may, tenant } = useTenant();
  if (may("connections:write") || tenant.dismissed.includes("role")) return null;
  return (
    <Callout
      tone="info"
      padding="sm"
      className="mb-6"
      title={t(may("runs:start") ? "role.member" : "role.viewer")}
      action={<Dismiss hint="role" label={t("role.read")} />}
    >
      {t("role.ask")}{" "}
      <Link to={`${base}/settings/team`} className="link">
        {t("role.team")}
      </Link>
    </Callout>
  );
}
