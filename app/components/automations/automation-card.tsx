import { Badge } from "#app/components/ui/badge.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { type AutomationState, MODE_TONES, type Seat } from "./automation-state.ts";
import { Counts } from "./counts.tsx";
import { MissingNotices } from "./missing-notices.tsx";

const useWords = wordsOf("automations");

/** One automation in the list: what it does and never does, how far it may go, what it came to, and what it lacks. */
export function AutomationCard({ state, currency, seat }: { state: AutomationState; currency: string; seat: Seat }) {
  const t = useWords();
  const { locale } = useDisplay();
  const { id, title, description, never, policy } = state;
  const to = `${seat.base}/automations/${id}`;
  const on = policy.mode !== "off";
  return (
    <Card
      as="li"
      titleAs="h2"
      title={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Link to={to} className="rounded-sm transition-colors hover:text-accent">
            {title[locale]}
          </Link>
          <Badge tone={MODE_TONES[policy.mode]}>{t(`mode.${policy.mode}`)}</Badge>
        </span>
      }
      description={description[locale]}
      actions={
        <Button asChild size="sm">
          <Link to={to} prefetch="intent">
            {t(on ? "manage" : "open")}
            <span className="sr-only">: {title[locale]}</span>
          </Link>
        </Button>
      }
    >
      <div className="grid gap-4">
        {on && <Counts state={state} approvals={seat.staff ? null : `${seat.base}/approvals`} />}
        <div className="grid gap-1.5 text-[0.8125rem] text-ink-muted">
          <p className="max-w-[80ch]">
            {t(`modeMeans.${policy.mode}`)} <Limits state={state} currency={currency} />
          </p>
          <Agreement state={state} />
          <p className="max-w-[80ch] text-ink-faint">{never[locale]}</p>
        </div>
        <MissingNotices state={state} integrations={seat.integrations} small />
      </div>
    </Card>
  );
}

/** What an automation that acts may use of a day. */
function Limits({ state: { policy }, currency }: { state: AutomationState; currency: string }) {
  const t = useWords();
  const format = useFormat();
  if (policy.mode !== "approve" && policy.mode !== "auto") return null;
  return t("upTo", {
    actions: format.count(policy.actionsADay),
    people: format.count(policy.peopleADay),
    money: format.money({ minor: policy.stakeADay, currency }),
  });
}

/** How often people agreed with what it proposed in shadow, once anybody was asked. */
function Agreement({ state: { ratings } }: { state: AutomationState }) {
  const t = useWords();
  const format = useFormat();
  const all = ratings.agreed + ratings.disagreed;
  if (all === 0) return null;
  return <p>{t("agreed", { agreed: format.count(ratings.agreed), all: format.count(all) })}</p>;
}
