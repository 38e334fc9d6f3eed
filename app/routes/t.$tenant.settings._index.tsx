import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { LocaleSelect, TimezoneSelect } from "#app/components/client/locale-fields.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { formFailure } from "#app/form-errors.ts";
import { LOCALE_COOKIE, type Locale } from "#app/i18n/locale.ts";
import { timezonesWith } from "#app/i18n/timezones.server.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { choiceCookie } from "#app/theme.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("settings");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { me, tenant } = await enterTenant(args);
  const t = wordsIn(args.context.locale);
  return { title: titleOf(t("settings:settings.profile"), tenant.name), timezones: timezonesWith(me.timezone) };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  const text = (name: string) => String(form.get(name) ?? "");
  const profile = { name: text("name"), locale: form.get("locale") as Locale, timezone: text("timezone") };
  try {
    await context.api.me.update(profile);
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
  context.toast({ kind: "success", message: wordsIn(profile.locale)("settings:settings.saved") });
  // What this browser chose before would win over the profile.
  return redirect(new URL(request.url).pathname, { headers: { "Set-Cookie": choiceCookie(LOCALE_COOKIE, profile.locale, request) } });
}

export default function Profile() {
  const t = useWords();
  const { timezones } = useLoaderData<typeof loader>();
  const { me } = useTenant();
  const failure = useActionData<typeof action>();
  const values = failure?.values;
  return (
    <Section title={t("settings.profile")} description={t("settings.profileDescription")}>
      <Card className="max-w-2xl">
        <Form method="post" className="grid gap-5">
          <FormMessage failure={failure} />
          <Field label={t("settings.name")} hint={t("settings.nameHint")} error={failure?.fields.name}>
            <Input name="name" autoComplete="name" maxLength={100} defaultValue={values?.name ?? me.name} dir="auto" />
          </Field>
          <Field label={t("settings.email")} hint={t("settings.emailHint")}>
            <Input type="email" value={me.email} readOnly />
          </Field>
          <div className="grid items-start gap-5 sm:grid-cols-2">
            <LocaleSelect label={t("settings.language")} value={values?.locale ?? me.locale} error={failure?.fields.locale} />
            <TimezoneSelect
              label={t("settings.timezone")}
              hint={t("settings.profileTimezoneHint")}
              value={values?.timezone ?? me.timezone}
              timezones={timezones}
              error={failure?.fields.timezone}
            />
          </div>
          <div>
            <SubmitButton>{t("settings.save")}</SubmitButton>
          </div>
        </Form>
      </Card>
    </Section>
  );
}
