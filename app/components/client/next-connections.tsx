import { CircleCheck } from "lucide-react";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { ProviderMark } from "#app/components/ui/provider-mark.tsx";
import { StatusDot } from "#app/components/ui/status-dot.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import type { Outputs } from "#server/trpc/root.ts";
import { Dismiss } from "./dismiss.tsx";

const useWords = wordsOf("overview", "runs");

type Proposal = Outputs["overview"]["get"]["next"][number];

/** The few connections that this client gains most from, those that are there ticked: one click each, until all are there or it is hidden. */
export function NextConnections({ proposals }: { proposals: readonly Proposal[] }) {
  const t = useWords();
  const done = proposals.filter((each) => each.done).length;
  return (
    <Card
      as="section"
      padding="none"
      title={t("next.title")}
      titleAs="h2"
      description={t("next.done", { done, all: proposals.length })}
      actions={<Dismiss hint="checklist" label={t("next.hide")} />}
      className="mt-4 sm:mt-6"
    >
      <ul className="divide-y divide-line border-t border-line">
        {proposals.map((proposal) => (
          <Step key={proposal.provider} proposal={proposal} />
        ))}
      </ul>
    </Card>
  );
}

function Step({ proposal: { provider, name, done, gives, oneClick } }: { proposal: Proposal }) {
  const t = useWords();
  const { base, reconnects } = useTenant();
  const { locale } = useDisplay();
  const connect = t("next.connect", { provider: name });
  return (
    <li className="flex items-center gap-3 px-4 py-3 sm:px-5">
      <ProviderMark id={provider} name={name} />
      <div className="min-w-0 flex-1">
        <p className="text-sm font-semibold">{name}</p>
        <p className="text-[0.8125rem] text-ink-muted">{new Intl.ListFormat(locale).format(gives)}</p>
      </div>
      {reconnects.some((account) => account.provider.id === provider) ? (
        <StatusDot tone="warn" small muted>
          {t("runs:sensor.blocked")}
        </StatusDot>
      ) : done ? (
        <span className="inline-flex items-center gap-1.5 text-[0.8125rem] text-ink-muted">
          <CircleCheck aria-hidden className="size-4 text-ok" />
          {t("next.connected")}
        </span>
      ) : oneClick ? (
        <form method="get" action={`${base}/connect/${provider}`}>
          <input type="hidden" name="return" value={base} />
          <Button type="submit" changes size="sm" aria-label={connect}>
            {t("next.go")}
          </Button>
        </form>
      ) : (
        <Button asChild size="sm">
          <Link to={`${base}/integrations/${provider}`} aria-label={connect}>
            {t("next.go")}
          </Link>
        </Button>
      )}
    </li>
  );
}
