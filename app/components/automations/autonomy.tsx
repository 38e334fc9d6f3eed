import { Form } from "@remix-run/react";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Time } from "#app/components/ui/time.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { PolicyMode } from "#db/words/actions.ts";
import type { Outputs } from "#server/trpc/root.ts";
import { MODE_TONES } from "./automation-state.ts";

const useWords = wordsOf("automations");

export type AutonomyFacts = Outputs["policies"]["autonomy"];

export interface AutonomyProps {
  autonomy: AutonomyFacts;
  mode: PolicyMode;
  /** Whether the reader may let it act by itself. */
  sets: boolean;
  failure: FormFailure | undefined;
}

/** How far an automation may be trusted: what people decided, what it is offered for that, how what it did ended, and how far it went since when. */
export function Autonomy({ autonomy, mode, sets, failure }: AutonomyProps) {
  const t = useWords();
  const format = useFormat();
  const acts = mode === "auto";
  const { decisions, agreed, agreement, offered, lately, changes } = autonomy;
  return (
    <div className="grid gap-4 text-sm">
      {offered && (
        <Callout
          title={t("trust.offer")}
          action={
            sets && (
              <Form method="post">
                <input type="hidden" name="was" value={JSON.stringify({ mode })} />
                <SubmitButton size="sm" name="intent" value="auto">
                  {t("trust.accept")}
                </SubmitButton>
              </Form>
            )
          }
        >
          {t("trust.offerBody")}
        </Callout>
      )}
      <FormMessage failure={failure} />
      {agreement && (
        <p>
          {t("trust.agreed", {
            agreed: format.count(agreed),
            all: format.count(decisions),
            low: format.ratio(agreement.low),
            high: format.ratio(agreement.high),
          })}
        </p>
      )}
      {!acts && !offered && <p className="text-ink-muted">{t("trust.until")}</p>}
      {acts && (
        <p>
          {lately.of === 0
            ? t("trust.noneLately")
            : t("trust.lately", {
                of: format.count(lately.of),
                undone: format.count(lately.undone),
                rejected: format.count(lately.rejected),
                failed: format.count(lately.failed),
              })}{" "}
          <span className="text-ink-muted">{t("trust.fallsBack")}</span>
        </p>
      )}
      {changes.length > 0 && <Changes changes={changes} />}
    </div>
  );
}

function Changes({ changes }: Pick<AutonomyFacts, "changes">) {
  const t = useWords();
  const format = useFormat();
  return (
    <ol className="grid divide-y divide-line border-t border-line text-[0.8125rem] text-ink-muted">
      {changes.map(({ at, mode, by, lately }) => (
        <li key={at} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-2.5 last:pb-0">
          <Badge tone={MODE_TONES[mode]}>{t(`mode.${mode}`)}</Badge>
          <Time at={at} />
          <span className="min-w-0 basis-48 grow">
            {lately
              ? t("trust.fell", {
                  of: format.count(lately.of),
                  bad: format.count(lately.undone + lately.rejected + lately.failed),
                })
              : by}
          </span>
        </li>
      ))}
    </ol>
  );
}
