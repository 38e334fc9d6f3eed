import { Form } from "@remix-run/react";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { LocaleSelect, TimezoneSelect } from "./locale-fields.tsx";

const useWords = wordsOf("settings");

interface ProfileFormProps {
  me: { name: string; email: string; locale: string; timezone: string };
  timezones: readonly string[];
  /** What the time zone is for. */
  timezoneHint: string;
  failure: FormFailure | undefined;
}

/** Who the reader is, their language and time zone; sent with the intent `profile`. */
export function ProfileForm({ me, timezones, timezoneHint, failure }: ProfileFormProps) {
  const t = useWords();
  const values = failure?.values;
  return (
    <Card className="max-w-2xl">
      <Form method="post" className="grid gap-5">
        <FormMessage failure={failure} />
        <Field label={t("settings.name")} hint={t("settings.nameHint")} error={failure?.fields.name}>
          <Input name="name" autoComplete="name" maxLength={100} defaultValue={values?.name ?? me.name} dir="auto" />
        </Field>
        <dl className="grid gap-1.5">
          <dt className="text-[0.8125rem] font-medium text-ink">{t("settings.email")}</dt>
          <dd className="text-sm text-ink [overflow-wrap:anywhere]">
            <bdi>{me.email}</bdi>
          </dd>
          <dd className="text-[0.8125rem] text-ink-faint">{t("settings.emailHint")}</dd>
        </dl>
        <div className="grid items-start gap-5 sm:grid-cols-2">
          <LocaleSelect label={t("settings.language")} value={values?.locale ?? me.locale} error={failure?.fields.locale} />
          <TimezoneSelect
            label={t("settings.timezone")}
            hint={timezoneHint}
            value={values?.timezone ?? me.timezone}
            timezones={timezones}
            error={failure?.fields.timezone}
          />
        </div>
        <div>
          <SubmitButton name="intent" value="profile">
            {t("settings.save")}
          </SubmitButton>
        </div>
      </Form>
    </Card>
  );
}
