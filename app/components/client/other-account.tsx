import { Button } from "#app/components/ui/button.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import type { Account, Integration } from "./account-state.ts";
import { consentLink } from "./consent-link.ts";

const useWords = wordsOf("accounts");

/** Another account came back than the one that was connected again: was that meant, or a mistake? Nothing has changed so far. */
export function OtherAccount({ integration: { provider, needsShop }, awaited }: { integration: Integration; awaited: Account }) {
  const t = useWords();
  const { tenant } = useTenant();
  const sets = awaited.sets.filter(({ asked }) => asked).map(({ id }) => id);
  const second = consentLink({ tenant: tenant.id, provider, ...(sets.length > 0 && { sets: sets.join(",") }) });
  return (
    <Callout
      tone="warn"
      className="mb-6"
      title={t("accounts.otherTitle")}
      action={
        <>
          {/* Of a shop its address is asked first: by the form below. */}
          {!needsShop && (
            <Button asChild changes size="sm" variant="primary">
              <a href={second}>{t("accounts.otherSecond")}</a>
            </Button>
          )}
          <Button asChild changes size="sm">
            <a href={consentLink({ tenant: tenant.id, provider, connection: awaited.id })}>
              {t("accounts.otherAgain", { account: isolate(awaited.name) })}
            </a>
          </Button>
        </>
      }
    >
      {t("accounts.otherBody", { account: isolate(awaited.name) })}
    </Callout>
  );
}
