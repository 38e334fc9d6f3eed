import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { LocaleSelect, TimezoneSelect } from "#app/components/client/locale-fields.tsx";
import { PlanTerms } from "#app/components/client/plan-terms.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { DescriptionList } from "#app/components/ui/description-list.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { formFailure } from "#app/form-errors.ts";
import { isolate } from "#app/i18n/isolate.ts";
import { LOCALE_NAMES, type Locale } from "#app/i18n/locale.ts";
import { timezonesWith } from "#app/i18n/timezones.server.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("settings");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const [client, plan] = await Promise.all([api.clients.get({ tenant: tenant.id }), api.clients.plan({ tenant: tenant.id })]);
  return {
    title: titleOf(wordsIn(locale)("settings:settings.workspace"), tenant.name),
    client,
    plan,
    timezones: tenant.may.includes("settings:write") ? timezonesWith(tenant.timezone) : [],
  };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await request.formData();
  const given = (name: string) => String(form.get(name) ?? "");
  try {
    await context.api.clients.updateSettings({
      tenant: String(params.tenant),
      name: given("name"),
      locale: given("locale") as Locale,
      // A time zone that nobody picked is left to the accounts.
      timezone: given("timezone") || null,
      contactName: given("contactName").trim() || null,
      contactEmail: given("contactEmail").trim() || null,
    });
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
  context.toast({ kind: "success", message: wordsIn(context.locale)("settings:settings.workspaceSaved") });
  return redirect(new URL(request.url).pathname);
}

export default function Workspace() {
  const t = useWords();
  const { client, plan } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { tenant, providers, jobTitle, may } = useTenant();
  return (
    <Section title={t("settings.workspace")} description={t("settings.workspaceDescription", { workspace: tenant.name })}>
      <Card className="max-w-2xl">
        {may("settings:write") ? (
          <WorkspaceForm />
        ) : (
          <>
            <FormMessage failure={failure} />
            <DescriptionList
              items={[
                { term: t("settings.workspaceName"), value: <bdi>{tenant.name}</bdi> },
                { term: t("settings.workspaceLanguage"), value: LOCALE_NAMES[tenant.locale] },
                { term: t("settings.timezone"), value: <bdi>{tenant.timezone}</bdi> },
                { term: t("settings.currency"), value: tenant.currency },
                { term: t("settings.contactName"), value: client.contactName ? <bdi>{client.contactName}</bdi> : t("settings.none") },
                { term: t("settings.contactEmail"), value: client.contactEmail ? <bdi>{client.contactEmail}</bdi> : t("settings.none") },
              ]}
            />
            <p className="mt-4 text-[0.8125rem] text-ink-faint">{t("settings.workspaceReadOnly")}</p>
          </>
        )}
      </Card>
      <PlanTerms
        plan={plan}
        jobTitle={jobTitle}
        providerName={(id) => providers.find((each) => each.id === id)?.name ?? id}
        className="mt-4 max-w-2xl"
      />
    </Section>
  );
}

function WorkspaceForm() {
  const t = useWords();
  const { client, timezones } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const values = failure?.values;
  return (
    <Form method="post" className="grid gap-5">
      <FormMessage failure={failure} />
      <Field label={t("settings.workspaceName")} error={failure?.fields.name}>
        <Input name="name" maxLength={80} defaultValue={values?.name ?? client.name} dir="auto" />
      </Field>
      <div className="grid items-start gap-5 sm:grid-cols-2">
        <LocaleSelect
          label={t("settings.workspaceLanguage")}
          hint={t("settings.workspaceLanguageHint")}
          value={values?.locale ?? client.locale}
          error={failure?.fields.locale}
        />
        <TimezoneSelect
          label={t("settings.timezone")}
          hint={t("settings.workspaceTimezoneHint")}
          value={values?.timezone ?? (client.timezoneChosen ? client.timezone : "")}
          timezones={timezones}
          unpicked={client.timezoneChosen ? t("settings.fromAccounts") : t("settings.fromAccountsNow", { value: isolate(client.timezone) })}
          error={failure?.fields.timezone}
        />
        <Field label={t("settings.contactName")} hint={t("settings.contactHint")} required={false} error={failure?.fields.contactName}>
          <Input name="contactName" maxLength={60} dir="auto" defaultValue={values?.contactName ?? client.contactName ?? ""} />
        </Field>
        <Field label={t("settings.contactEmail")} required={false} error={failure?.fields.contactEmail}>
          <Input name="contactEmail" type="email" maxLength={254} defaultValue={values?.contactEmail ?? client.contactEmail ?? ""} />
        </Field>
      </div>
      <div>
        <SubmitButton>{t("settings.save")}</SubmitButton>
      </div>
    </Form>
  );
}
