import { LogIn } from "lucide-react";
import { Button } from "#app/components/ui/button.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import { type Account, type Integration, isSwitchedOff } from "./account-state.ts";
import { FoldOut } from "./fold-out.tsx";
import { isOfKeyForm, KeyForm } from "./key-form.tsx";

const useWords = wordsOf("accounts");

/**
 * What can be done about an account that is connected by a key: give another key, and, where one can sign in at the provider,
 * do that instead. Nothing for any other account.
 */
export function KeyAccountActions({
  integration,
  account,
  failure,
}: {
  integration: Integration;
  account: Account;
  failure: FormFailure | undefined;
}) {
  const t = useWords();
  const { may } = useTenant();
  if (account.kind !== "key" || !may("connections:write") || isSwitchedOff(integration)) return null;
  const { provider, name, signsIn, configured } = integration;
  return (
    // Folded in again once there is another key.
    <div key={account.connectedAt} className="grid gap-3">
      <FoldOut label={t("keys.replace")} of={account.name} open={account.status === "reconnect_needed" || isOfKeyForm(failure, account.id)}>
        <p className="text-[0.8125rem] text-ink-muted">{t("keys.sameAccount", { account: account.name })}</p>
        <KeyForm integration={integration} connectionId={account.id} failure={failure} className="max-w-xl" />
      </FoldOut>
      {signsIn && configured && (
        <FoldOut label={t("keys.signIn", { provider: name })} of={account.name} open={false}>
          <p className="text-[0.8125rem] text-ink-muted">{t("keys.signInBody", { provider: name })}</p>
          <SignInInstead provider={provider} name={name} connectionId={account.id} />
        </FoldOut>
      )}
    </div>
  );
}

/** Leads to the provider's consent page, from where the account comes back as this same connection. */
function SignInInstead({ provider, name, connectionId }: { provider: string; name: string; connectionId: string }) {
  const t = useWords();
  const { base } = useTenant();
  return (
    <form method="get" action={`${base}/connect/${provider}`}>
      <input type="hidden" name="connection" value={connectionId} />
      <Button type="submit" changes size="sm">
        <LogIn aria-hidden />
        {t("keys.signIn", { provider: name })}
      </Button>
    </form>
  );
}
