import { Form } from "@remix-run/react";
import { KeyRound } from "lucide-react";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { CopyButton } from "#app/components/ui/copy-button.tsx";
import { DescriptionList } from "#app/components/ui/description-list.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Time } from "#app/components/ui/time.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { useDisplay } from "#app/i18n/display.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Account, Integration } from "./account-state.ts";
import { FoldOut } from "./fold-out.tsx";

const useWords = wordsOf("accounts");

interface AccountWebhookProps {
  integration: Integration;
  account: Account;
  webhook: NonNullable<Account["webhook"]>;
  /** What the page's last form failed with. */
  failure: FormFailure | undefined;
}

/** Where the provider is to send an account's own events, and the secret that they are signed with: set, replaced, removed, never shown. */
export function AccountWebhook({ integration, account, webhook, failure }: AccountWebhookProps) {
  const t = useWords();
  const { address, setAt, bothUntil } = webhook;
  const own = failure?.intent === "set-webhook-secret" && failure.values.connectionId === account.id ? failure : undefined;
  return (
    // Folded in again once there is another secret.
    <div key={`${setAt} ${bothUntil}`}>
      <FoldOut label={t("webhook.title")} of={account.name} open={own !== undefined}>
        <p className="text-[0.8125rem] text-ink-muted">{t("webhook.body", { provider: integration.name })}</p>
        <DescriptionList
          small
          items={[
            {
              term: t("webhook.sentTo"),
              value: (
                <span className="flex flex-wrap items-center gap-2">
                  <code dir="ltr">{address}</code>
                  <CopyButton value={address} />
                </span>
              ),
            },
            { term: t("webhook.secret"), value: <Standing setAt={setAt} bothUntil={bothUntil} /> },
          ]}
        />
        <SecretForm integration={integration} account={account} webhook={webhook} failure={own} />
        {setAt !== null && <Removals account={account} bothUntil={bothUntil} />}
      </FoldOut>
    </div>
  );
}

function Standing({ setAt, bothUntil }: { setAt: number | null; bothUntil: number | null }) {
  const t = useWords();
  if (setAt === null) return t("webhook.none");
  return (
    <>
      {t("webhook.set")} <Time at={setAt} style="date" />
      {bothUntil !== null && (
        <span className="block text-ink-muted">
          {t("webhook.both")} <Time at={bothUntil} style="dateTime" />
        </span>
      )}
    </>
  );
}

function SecretForm({ integration, account, webhook, failure }: AccountWebhookProps) {
  const t = useWords();
  const { locale } = useDisplay();
  const isSet = webhook.setAt !== null;
  return (
    <Form method="post" className="grid max-w-xl gap-4" autoComplete="off">
      <FormMessage failure={failure} />
      <input type="hidden" name="intent" value="set-webhook-secret" />
      <input type="hidden" name="connectionId" value={account.id} />
      <input type="hidden" name="account" value={account.name} />
      <Field label={webhook.label[locale]} hint={webhook.hint[locale]} error={failure?.fields.secret}>
        {/* The browser must not offer a sign-in's password here, nor keep the secret as one. */}
        <Input name="secret" type="password" autoComplete="off" spellCheck={false} dir="ltr" className="rtl:text-end" maxLength={2000} />
      </Field>
      <div className="grid gap-2">
        {/* A page may have several such forms: the value tells which one is at work. */}
        <SubmitButton variant="secondary" className="max-sm:w-full sm:justify-self-start" name="form" value={`webhook-${account.id}`}>
          <KeyRound aria-hidden />
          {t(isSet ? "webhook.replace" : "webhook.save")}
        </SubmitButton>
        <p className="text-xs text-ink-faint">
          {t("webhook.locked")} {isSet && t("webhook.lockedReplace", { provider: integration.name })}
        </p>
      </div>
    </Form>
  );
}

function Removals({ account: { id, name }, bothUntil }: { account: Account; bothUntil: number | null }) {
  const t = useWords();
  const fields = { intent: "remove-webhook-secret", connectionId: id, account: name };
  return (
    <div className="flex flex-wrap gap-2">
      {bothUntil !== null && (
        <ConfirmButton
          size="sm"
          variant="ghost"
          title={t("webhook.endOldTitle", { account: isolate(name) })}
          description={t("webhook.endOldBody")}
          confirmLabel={t("webhook.endOld")}
          fields={{ ...fields, all: "no" }}
        >
          {t("webhook.endOld")}
        </ConfirmButton>
      )}
      <ConfirmButton
        size="sm"
        variant="ghost"
        title={t("webhook.removeTitle", { account: isolate(name) })}
        description={t("webhook.removeBody")}
        confirmLabel={t("webhook.remove")}
        fields={{ ...fields, all: "yes" }}
      >
        {t("webhook.remove")}
      </ConfirmButton>
    </div>
  );
}
