import { useTranslation } from "react-i18next";
import { DescriptionList } from "#app/components/ui/description-list.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import type { Account } from "./account-state.ts";

/** Since when an account is connected, when it was used and checked last, and when what ends. */
export function AccountFacts({ account }: { account: Account }) {
  const { t } = useTranslation("client");
  const { now } = useDisplay();
  const { status, kind, connectedAt, lastSuccessAt, accessExpiresAt, cliff, probedAt, probeResult } = account;
  const validUntil =
    accessExpiresAt === null ? (
      t("integrations.validForever")
    ) : accessExpiresAt > now ? (
      <Time at={accessExpiresAt} style="dateTime" />
    ) : (
      t("integrations.renewedOnUse")
    );
  return (
    <DescriptionList
      className="text-[0.8125rem]"
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
        ...(status === "active" && kind === "oauth" ? [{ term: t("integrations.validUntil"), value: validUntil }] : []),
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
                    {t(`integrations.probe.${probeResult}`)}, <Time at={probedAt} />
                  </>
                ),
              },
            ]
          : []),
      ]}
    />
  );
}
