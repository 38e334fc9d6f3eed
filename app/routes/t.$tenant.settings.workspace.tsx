import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { LocaleSelect, TimezoneSelect } from "#app/components/client/locale-fields.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { DescriptionList } from "#app/components/ui/description-list.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { formFailure } from "#app/form-errors.ts";
import { LOCALE_NAMES, type Locale } from "#app/i18n/locale.ts";
import { timezonesWith } from "#app/i18n/timezones.server.ts";
import { translatorOf } from "#app/i18n/translator.server.ts";
import { enterTenant, useTenant } from "#app/tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const t = translatorOf(args.context.locale);
  const timezones = tenant.may.includes("settings:write") ? timezonesWith(tenant.timezone) : [];
  return { title: titleOf(t("settings.workspace"), tenant.name), timezones };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await request.formData();
  try {
    await context.api.clients.updateSettings({
      tenant: String(params.tenant),
      name: String(form.get("name") ?? ""),
      locale: form.get("locale") as Locale,
      timezone: String(form.get("timezone") ?? ""),
    });
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
  context.toast({ kind: "success", message: translatorOf(context.locale)("settings.workspaceSaved") });
  return redirect(new URL(request.url).pathname);
}

export default function Workspace() {
  const { t } = useTranslation("client");
  const { tenant, may } = useTenant();
  return (
    <Section title={t("settings.workspace")} description={t("settings.workspaceDescription", { workspace: tenant.name })}>
      <Card className="max-w-2xl">
        {may("settings:write") ? (
          <WorkspaceForm />
        ) : (
          <>
            <DescriptionList
              items={[
                { term: t("settings.workspaceName"), value: <bdi>{tenant.name}</bdi> },
                { term: t("settings.workspaceLanguage"), value: LOCALE_NAMES[tenant.locale] },
                { term: t("settings.timezone"), value: <bdi>{tenant.timezone}</bdi> },
                { term: t("settings.currency"), value: tenant.currency },
              ]}
            />
            <p className="mt-4 text-[0.8125rem] text-ink-faint">{t("settings.workspaceReadOnly")}</p>
          </>
        )}
      </Card>
    </Section>
  );
}

function WorkspaceForm() {
  const { t } = useTranslation("client");
  const { timezones } = useLoaderData<typeof loader>();
  const { tenant } = useTenant();
  const failure = useActionData<typeof action>();
  const values = failure?.values;
  return (
    <Form method="post" className="grid gap-5">
      <FormMessage failure={failure} />
      <Field label={t("settings.workspaceName")} error={failure?.fields.name}>
        <Input name="name" maxLength={80} defaultValue={values?.name ?? tenant.name} dir="auto" />
      </Field>
      <div className="grid items-start gap-5 sm:grid-cols-2">
        <LocaleSelect
          label={t("settings.workspaceLanguage")}
          hint={t("settings.workspaceLanguageHint")}
          value={values?.locale ?? tenant.locale}
          error={failure?.fields.locale}
        />
        <TimezoneSelect
          label={t("settings.timezone")}
          hint={t("settings.workspaceTimezoneHint")}
          value={values?.timezone ?? tenant.timezone}
          timezones={timezones}
          error={failure?.fields.timezone}
        />
      </div>
      <div>
        <SubmitButton>{t("settings.save")}</SubmitButton>
      </div>
    </Form>
  );
}
