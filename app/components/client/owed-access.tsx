import { useTranslation } from "react-i18next";
import { Callout } from "#app/components/ui/callout.tsx";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import type { Integration } from "./account-state.ts";

/** Access that we use no more and that its provider has not ended: when we try next or, once given up, how a person removes it. */
export function OwedAccess({ integrations }: { integrations: readonly Pick<Integration, "name" | "owed">[] }) {
  const { t } = useTranslation("client");
  const { locale } = useDisplay();
  const format = useFormat();
  const all = integrations.flatMap(({ name, owed }) => owed.map((each) => ({ ...each, provider: name })));
  if (all.length === 0) return null;
  return (
    <ul className="mb-6 grid grid-cols-1 gap-3">
      {all.map(({ id, provider, account, nextAt, removal }) => {
        const whose = account === "" ? provider : `${provider} (${isolate(account)})`;
        return (
          <li key={id}>
            {nextAt === null ? (
              <Callout tone="warn" title={t("owed.givenUpTitle", { account: whose })}>
                {t("owed.givenUpBody", { provider, place: removal[locale] })}
              </Callout>
            ) : (
              <Callout tone="info" title={t("owed.retryingTitle", { account: whose })}>
                {t("owed.retryingBody", { provider, date: format.date(nextAt, "dateTime") })}
              </Callout>
            )}
          </li>
        );
      })}
    </ul>
  );
}
