import { useLocation } from "@remix-run/react";
import { Button } from "#app/components/ui/button.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("admin");

type Open = Outputs["health"]["agency"]["openIncidents"][number];

const BODIES = { unavailable: "waits", rate_limited: "waits", misconfigured: "ours", switched_off: "off" } as const;

/** Above every page of the admin portal but those that list them: a provider fails for many clients, or is switched off. */
export function IncidentBanner({ incidents }: { incidents: readonly Open[] }) {
  const t = useWords();
  const { pathname } = useLocation();
  if (incidents.length === 0 || pathname === "/admin" || pathname.startsWith("/admin/incidents")) return null;
  return (
    <div className="mb-6 grid gap-3">
      {incidents.map(({ id, kind, providerName, openedAt }) => (
        <Callout
          key={id}
          tone={kind === "misconfigured" ? "danger" : "warn"}
          title={t(`incident.title.${kind}`, { provider: providerName })}
          action={
            <Button asChild size="sm">
              <Link to={`/admin/incidents/${id}`}>{t("incident.see")}</Link>
            </Button>
          }
        >
          {t("incident.since")} <Time at={openedAt} style="dateTime" />. {t(`incident.${BODIES[kind]}`, { provider: providerName })}
        </Callout>
      ))}
    </div>
  );
}
