import { Bot } from "lucide-react";
import { StopButton, StoppedNotice } from "#app/components/approvals/stopped-notice.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { AutomationCard } from "./automation-card.tsx";
import type { Seat } from "./automation-state.ts";

const useWords = wordsOf("automations");

type All = Outputs["policies"]["automations"];

/** All automations of a client, under what says that everything is stopped. */
export function AutomationsPage({
  all,
  currency,
  seat,
  failure,
}: {
  all: All;
  currency: string;
  seat: Seat;
  failure: FormFailure | undefined;
}) {
  const t = useWords();
  return (
    <>
      <div className="mb-4 empty:hidden">
        <FormMessage failure={failure} />
      </div>
      <StoppedNotice
        stopped={all.stopped}
        stoppedForAll={all.stoppedForAll}
        resumes={seat.sets && !(seat.staff && all.stoppedByClient)}
        action={`${seat.base}/automations`}
      />
      {all.automations.length === 0 ? (
        <Card padding="none">
          <EmptyState icon={Bot} title={t("empty")}>
            {t("emptyBody")}
          </EmptyState>
        </Card>
      ) : (
        <ul className="grid grid-cols-1 gap-4">
          {all.automations.map((state) => (
            <AutomationCard key={state.id} state={state} currency={currency} seat={seat} />
          ))}
        </ul>
      )}
    </>
  );
}

/** The kill switch, where there is something to stop and the reader may. */
export function StopAll({ all, seat }: { all: All; seat: Seat }) {
  if (all.stopped || !seat.stops || all.automations.every(({ policy }) => policy.mode === "off")) return null;
  return <StopButton action={`${seat.base}/automations`} />;
}
