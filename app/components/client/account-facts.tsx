import { DescriptionList } from "#app/components/ui/description-list.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Account } from "./account-state.ts";

const useWords = wordsOf("accounts", "account");

/** Since when an account is connected, when it was used and checked last, how it is renewed, and what ends. */
export function AccountFacts({ account }: { account: Account }) {
  const t = useWords();
  const { now } = useDisplay();
  const { status, kind, connectedAt, lastSuccessAt, accessExpiresAt, cliff, probedAt, probeResult } = account;
  const renewal =
    accessExpiresAt === null ? (
      t("integrations.renewalNone")
    ) : accessExpiresAt > now ? (
      <>
        {t("integrations.renewalBefore")} <Time at={accessExpiresAt} style="dateTime" />
      </>
    ) : (
      t("integrations.renewalOnUse")
    );
  // Where nothing renews it, the line of its end says so.
  const isRenewed = status === "active" && kind === "oauth" && cliff?.kind !== "access";
  return (
    <DescriptionList
      small
      items={[
        {
          term: t("integrations.since"),
          value: (
            <>
              <Time at={connectedAt} style="date" />, {t(kind === "key" ? "accounts.byKey" : "accounts.bySignIn")}
            </>
          ),
        },
        { term: t("integrations.lastSuccess"), value: lastSuccessAt === null ? t("integrations.never") : <Time at={lastSuccessAt} /> },
        ...(isRenewed ? [{ term: t("integrations.renewal"), value: renewal }] : []),
        ...(cliff
          ? [
              {
                term: t("accounts.validUntil"),
                value: (
                  <>
                    <Time at={cliff.at} style="date" />
                    <span className="block text-ink-muted">{t(`accounts.cliff.${cliff.kind}`)}</span>
                  </>
                ),
              },
            ]
          : []),
        ...(probedAt !== null && probeResult !== null
          ? [
              {
                term: t("integrations.lastCheck"),
                value: (
                  <>
                    {t(`account:probe.${probeResult}`)}, {t("integrations.checked")} <Time at={probedAt} />
                  </>
                ),
              },
            ]
          : []),
      ]}
    />
  );
}
