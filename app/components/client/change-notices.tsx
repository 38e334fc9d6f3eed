import { useLocation } from "@remix-run/react";
import { Button } from "#app/components/ui/button.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import type { Account } from "./account-state.ts";

const useWords = wordsOf("notices");

/** So long after we noticed it people are told of it. */
const SHOWN_MS = 30 * 86_400_000;

type Change = NonNullable<Account["changed"]>;

/** Above the overview: which account counts in another currency or time zone than its earlier figures. */
export function ChangeNotices() {
  const t = useWords();
  const { base, changes } = useTenant();
  const { pathname } = useLocation();
  const recent = useRecent(changes);
  if (recent.length === 0 || pathname !== base) return null;
  return (
    <div className="mb-6 grid gap-3">
      {recent.map((change) => (
        <Callout
          key={change.id}
          tone="info"
          title={t("notice.changedTitle", { provider: change.provider.name, account: change.account })}
          action={
            <Button asChild size="sm">
              <Link to={`${base}/integrations/${change.provider.id}`}>{t("notice.changedOpen")}</Link>
            </Button>
          }
        >
          <WhatChanged change={change} provider={change.provider.name} />
        </Callout>
      ))}
    </div>
  );
}

/** On the account itself. */
export function ChangeNotice({ change, provider }: { change: Change; provider: string }) {
  const t = useWords();
  if (useRecent([change]).length === 0) return null;
  return (
    <Callout tone="info" padding="sm" title={t("notice.changedHere")}>
      <WhatChanged change={change} provider={provider} />
    </Callout>
  );
}

function WhatChanged({ change: { at, currency, timezone }, provider }: { change: Change; provider: string }) {
  const t = useWords();
  const format = useFormat();
  const fact = ({ from, to }: { from: string; to: string }) => ({ from: isolate(from), to: isolate(to) });
  return (
    <>
      {currency && <p>{t("notice.changedCurrency", fact(currency))}</p>}
      {timezone && <p>{t("notice.changedTimezone", fact(timezone))}</p>}
      <p>{t("notice.changedMeaning", { provider, date: format.date(at) })}</p>
    </>
  );
}

function useRecent<C extends { at: number }>(changes: readonly C[]): C[] {
  const { now } = useDisplay();
  return changes.filter(({ at }) => now - at < SHOWN_MS);
}
