import { Form } from "@remix-run/react";
import { Send } from "lucide-react";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Role } from "#db/words/tenants.ts";
import { LocaleSelect } from "./locale-fields.tsx";

const useWords = wordsOf("team", "settings");

/** Asks an address into the team, with a role that the reader may give, in a language that they choose. */
export function InviteForm({ grantable, failure }: { grantable: readonly Role[]; failure: FormFailure | undefined }) {
  const t = useWords();
  const { locale } = useDisplay();
  return (
    <Card>
      <Form method="post" className="grid gap-4">
        <FormMessage failure={failure} />
        <div className="grid items-start gap-4 sm:grid-cols-2 lg:grid-cols-[2fr_1fr_1fr_auto]">
          <Field label={t("settings:settings.email")} error={failure?.fields.email}>
            <Input type="email" name="email" autoComplete="off" maxLength={254} defaultValue={failure?.values.email} />
          </Field>
          <Field label={t("team.role")} error={failure?.fields.role}>
            <Select
              name="role"
              defaultValue={failure?.values.role ?? "member"}
              options={grantable.map((role) => ({ value: role, label: t(`role.${role}`) }))}
            />
          </Field>
          <LocaleSelect label={t("team.inviteLanguage")} value={failure?.values.locale ?? locale} error={failure?.fields.locale} />
          <SubmitButton name="intent" value="invite" className="lg:mt-6.5">
            <Send aria-hidden data-mirror />
            {t("team.sendInvitation")}
          </SubmitButton>
        </div>
      </Form>
    </Card>
  );
}
