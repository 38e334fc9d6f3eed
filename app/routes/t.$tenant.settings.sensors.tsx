import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { SettingInput } from "#app/components/client/setting-input.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { type FormFailure, formFailure } from "#app/form-errors.ts";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { sentConfig } from "#app/setting-form.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("accounts");

export const meta = titleMeta;

type Job = Outputs["runs"]["settings"][number];

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  return {
    title: titleOf(wordsIn(locale)("settings:settings.sensors"), tenant.name),
    jobs: await api.runs.settings({ tenant: tenant.id }),
  };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const { api, locale } = context;
  const form = await request.formData();
  const tenant = String(params.tenant);
  const job = String(form.get("intent") ?? "");
  const jobs = await api.runs.settings({ tenant });
  const settings = jobs.find((each) => each.job === job);
  if (!settings) throw new Response("Unknown intent", { status: 422 });
  const config = sentConfig(settings.fields, form);
  try {
    await api.runs.configure({ tenant, job, config });
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
  context.toast({ kind: "success", message: wordsIn(locale)("accounts:accounts.settingsSaved", { job: settings.title[locale] }) });
  return redirect(new URL(request.url).pathname);
}

/** How each sensor measures: forms that are drawn from the sensors' own schemas. */
export default function SensorSettings() {
  const t = useWords();
  const { jobs } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { may } = useTenant();
  return (
    <Section
      title={t("accounts.settingsTitle")}
      description={t(may("settings:write") ? "accounts.settingsBody" : "accounts.settingsReadOnly")}
    >
      <div className="grid max-w-2xl grid-cols-1 gap-4">
        {jobs.map((job) => (
          <JobForm key={job.job} job={job} failure={failure?.intent === job.job ? failure : undefined} />
        ))}
      </div>
    </Section>
  );
}

function JobForm({ job: { job, title, fields }, failure }: { job: Job; failure: FormFailure | undefined }) {
  const t = useWords();
  const { locale } = useDisplay();
  const { may } = useTenant();
  const writes = may("settings:write");
  return (
    <Card title={title[locale]}>
      <Form method="post" className="grid gap-5">
        <FormMessage failure={failure} />
        {fields.map((field) => (
          <SettingInput key={field.name} field={field} failure={failure} disabled={!writes} />
        ))}
        {writes && (
          <div>
            <SubmitButton name="intent" value={job} variant="secondary">
              {t("accounts.settingsSave")}
              <span className="sr-only">: {title[locale]}</span>
            </SubmitButton>
          </div>
        )}
      </Form>
    </Card>
  );
}
