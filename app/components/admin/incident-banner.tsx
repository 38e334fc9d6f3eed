import { Link, useLocation } from "@remix-run/react";
import { Button } from "#app/components/ui/button.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("incidents");

type Open = Outputs["health"]["agency"]["openIncidents"][number];

const BODIES = { unavailable: "bannerBody", rate_limited: "bannerBody", misconfigured: "bannerOurs", switched_off: "bannerOff" } as const;

/** Above every page of the admin portal but the one that lists them: a provider fails for many clients, or is switched off. */
export function IncidentBanner({ incidents }: { incidents: readonly Open[] }) {
  const t = useWords();
  const { pathname } = useLocation();
  if (incidents.length === 0 || pathname === "/admin/incidents") return null;
  return (
    <div className="mb-6 grid gap-3">
      {incidents.map(({ id, kind, providerName, openedAt }) => (
        <Callout
          key={id}
          tone={kind === "misconfigured" ? "danger" : "warn"}
          title={t(`banner.${kind}`, { provider: providerName })}
          action={
            <Button asChild size="sm">
              <Link to="/admin/incidents">{t("see")}</Link>
            </Button>
          }
        >
          {t("since")} <Time at={openedAt} style="dateTime" />. {t(BODIES[kind])}
        </Callout>
      ))}
    </div>
  );
}
