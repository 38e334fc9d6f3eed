import { Form } from "@remix-run/react";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Checkbox } from "#app/components/ui/checkbox.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { type ChosenNoticeKind, mailPaces } from "#db/words/notices.ts";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("notifications");

/** How the reader wants to be told of these kinds, and when not. */
export function PreferenceForm({
  kinds,
  preferences,
  timezone,
  failure,
}: {
  kinds: readonly ChosenNoticeKind[];
  preferences: Outputs["notices"]["preferences"];
  timezone: string;
  failure: FormFailure | undefined;
}) {
  const t = useWords();
  const { choices, quietFrom, quietTo } = preferences;
  // What was refused comes back as it was chosen, without JavaScript too.
  const sent = failure?.values;
  return (
    <Section title={t("preferences.title")} description={t("preferences.description")}>
      <Card className="max-w-2xl">
        <Form method="post" className="grid gap-6">
          <FormMessage failure={failure} />
          <div className="grid divide-y divide-line">
            {kinds.map((kind) => (
              <fieldset key={kind} className="flex flex-wrap items-center gap-x-6 gap-y-3 py-4 first:pt-0">
                <legend className="contents">
                  <span className="min-w-0 flex-1 basis-48 text-sm font-medium">{t(`preferences.kinds.${kind}`)}</span>
                </legend>
                <Checkbox
                  name={`portal.${kind}`}
                  label={t("preferences.portal")}
                  defaultChecked={sent ? `portal.${kind}` in sent : (choices[kind]?.portal ?? true)}
                />
                <Select
                  name={`mail.${kind}`}
                  aria-label={t("preferences.mailFor", { kind: t(`preferences.kinds.${kind}`) })}
                  className="w-60"
                  defaultValue={sent?.[`mail.${kind}`] ?? choices[kind]?.mail ?? "now"}
                  options={mailPaces.map((pace) => ({
                    value: pace,
                    label: t("preferences.mailAt", { pace: t(`preferences.pace.${pace}`) }),
                  }))}
                />
              </fieldset>
            ))}
          </div>
          <fieldset className="grid gap-3">
            <legend className="mb-1 text-sm font-medium">{t("preferences.quiet")}</legend>
            <p className="text-[0.8125rem] text-ink-faint">{t("preferences.quietHint", { timezone })}</p>
            <div className="grid max-w-sm grid-cols-2 gap-4">
              <Field label={t("preferences.from")} required={false} error={failure?.fields.quietFrom}>
                <Input type="time" name="quietFrom" defaultValue={sent?.quietFrom ?? quietFrom ?? ""} />
              </Field>
              <Field label={t("preferences.to")} required={false} error={failure?.fields.quietTo}>
                <Input type="time" name="quietTo" defaultValue={sent?.quietTo ?? quietTo ?? ""} />
              </Field>
            </div>
          </fieldset>
          <p className="text-[0.8125rem] text-ink-faint">{t("preferences.security")}</p>
          <div>
            <SubmitButton>{t("preferences.save")}</SubmitButton>
          </div>
        </Form>
      </Card>
    </Section>
  );
}
