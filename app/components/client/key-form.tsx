import { Form } from "@remix-run/react";
import { KeyRound } from "lucide-react";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { inputName } from "#app/key-input.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import type { Integration } from "./account-state.ts";

const useWords = wordsOf("accounts");

export interface KeyFormProps {
  integration: Integration;
  /** The key connection whose key is replaced; a new account is connected without it. */
  connectionId?: string;
  /** What the page's last form failed with; this form takes what is its own. */
  failure: FormFailure | undefined;
  className?: string;
}

/** Whether a failure is this form's, of the several key forms that a page may have. */
export const isOfKeyForm = (failure: FormFailure | undefined, connectionId = ""): failure is FormFailure =>
  failure?.intent === "connect-key" && (failure.values.connectionId ?? "") === connectionId;

/**
 * The form that connects an account by a key, drawn from the provider's schema. It posts to the provider's own page and works
 * without JavaScript; secrets that were typed never come back.
 */
export function KeyForm({ integration: { provider, name, keyForm, connections }, connectionId, failure, className }: KeyFormProps) {
  const t = useWords();
  const { locale } = useDisplay();
  const { base } = useTenant();
  if (!keyForm) return null;
  const own = isOfKeyForm(failure, connectionId) ? failure : undefined;
  const known = connections.find(({ id }) => id === connectionId)?.fields;
  const action = `${base}/integrations/${provider}`;
  // What was accepted is gone from the form: it begins anew with every connection that is made or given another key.
  const made = connections.map(({ id, connectedAt }) => `${id} ${connectedAt}`).join();
  return (
    <Form key={made} method="post" action={action} className={cn("grid gap-4", className)} autoComplete="off">
      <FormMessage failure={own} />
      <input type="hidden" name="intent" value="connect-key" />
      {connectionId !== undefined && <input type="hidden" name="connectionId" value={connectionId} />}
      {keyForm.map((field) => {
        const input = inputName(field.name, field.secret);
        return (
          <Field
            key={field.name}
            label={field.label[locale]}
            hint={field.hint?.[locale]}
            error={own?.fields[field.name]}
            required={!field.optional}
          >
            <Input
              name={input}
              type={field.secret ? "password" : "text"}
              // The browser must not offer a sign-in's password here, nor keep a key as one.
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              dir="ltr"
              className="rtl:text-end"
              pattern={field.pattern ?? undefined}
              maxLength={field.maxLength ?? undefined}
              title={field.hint?.[locale]}
              placeholder={field.placeholder ?? undefined}
              defaultValue={field.secret ? undefined : (own?.values[input] ?? known?.[field.name])}
            />
          </Field>
        );
      })}
      <div className="grid gap-2">
        {/* A page may have several such forms: the value tells which one is at work. */}
        <SubmitButton
          action={action}
          variant="secondary"
          className="max-sm:w-full sm:justify-self-start"
          name="form"
          value={connectionId ?? "new"}
        >
          <KeyRound aria-hidden />
          {connectionId === undefined ? t("keys.connect", { provider: name }) : t("keys.replace")}
        </SubmitButton>
        <p className="text-xs text-ink-faint">{t("keys.checked", { provider: name })}</p>
      </div>
    </Form>
  );
}
