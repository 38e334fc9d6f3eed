import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { LOCALE_NAMES, LOCALES } from "#app/i18n/locale.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { loadOnboarding, onboard } from "#app/portal/onboarding.ts";

const useWords = wordsOf("auth");

/** Name, language and timezone; the timezone is the browser's where it tells. */
export function ProfileStep() {
  const t = useWords();
  const { me, locale, timezones } = useLoaderData<typeof loadOnboarding>();
  const failure = useActionData<typeof onboard>();
  const timezone = useRef<HTMLSelectElement>(null);
  useEffect(() => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    if (timezone.current && timezones.includes(timeZone)) timezone.current.value = timeZone;
  }, [timezones]);
  const error = (field: "name" | "locale" | "timezone") => (failure?.invalid.includes(field) ? t(`onboarding.failed.${field}`) : undefined);
  return (
    <Form method="post" className="grid gap-4">
      <Field label={t("onboarding.name")} hint={t("onboarding.nameHint")} error={error("name")}>
        <Input name="name" autoComplete="name" maxLength={100} dir="auto" defaultValue={failure?.name || me.name} />
      </Field>
      <Field label={t("onboarding.language")} error={error("locale")}>
        <Select name="locale" defaultValue={locale} options={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }))} />
      </Field>
      <Field label={t("onboarding.timezone")} hint={t("onboarding.timezoneHint")} error={error("timezone")}>
        <Select
          ref={timezone}
          name="timezone"
          defaultValue={me.timezone}
          options={timezones.map((value) => ({ value, label: value.replaceAll("_", " ") }))}
        />
      </Field>
      <SubmitButton size="lg">{t("onboarding.submit")}</SubmitButton>
    </Form>
  );
}
