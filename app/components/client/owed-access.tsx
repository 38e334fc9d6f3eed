import { Form } from "@remix-run/react";
import { Callout } from "#app/components/ui/callout.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Integration } from "./account-state.ts";

const useWords = wordsOf("account");

/**
 * Access that we use no more and that its provider has not ended: when we try next or, once given up, how a person removes it and,
 * where they may (`settles`), that they did.
 */
export function OwedAccess({ integrations, settles }: { integrations: readonly Pick<Integration, "name" | "owed">[]; settles: boolean }) {
  const t = useWords();
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
              <Callout
                tone="warn"
                title={t("owed.givenUpTitle", { account: whose })}
                action={settles && <Removed id={id} account={whose} />}
              >
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

function Removed({ id, account }: { id: string; account: string }) {
  const t = useWords();
  return (
    <Form method="post">
      <input type="hidden" name="intent" value="settle-owed" />
      <input type="hidden" name="owedId" value={id} />
      {/* Several may have this button: the name tells which one is at work. */}
      <SubmitButton size="sm" variant="secondary" name={`settle-${id}`} value="1">
        {t("owed.removed")}
        <span className="sr-only">: {account}</span>
      </SubmitButton>
    </Form>
  );
}
