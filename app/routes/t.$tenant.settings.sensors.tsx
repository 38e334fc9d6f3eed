import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Checkbox } from "#app/components/ui/checkbox.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Textarea } from "#app/components/ui/textarea.tsx";
import { type FormFailure, formFailure } from "#app/form-errors.ts";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("accounts");

export const meta = titleMeta;

type Job = Outputs["runs"]["settings"][number];
type Setting = Job["fields"][number];

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

/** The settings as they were sent, each in its own type, those of a group by their own names. */
const sentConfig = (fields: readonly Setting[], form: FormData): Record<string, unknown> =>
  Object.fromEntries(fields.map((field) => [field.name.split(".").at(-1) ?? field.name, sentValue(field, form)]));

/** What is no number stays text, for the job's own schema to refuse. */
function sentValue(field: Setting, form: FormData): unknown {
  const sent = form.get(field.name);
  const text = String(sent ?? "").trim();
  switch (field.type) {
    case "boolean":
      return sent !== null;
    case "group":
      return sentConfig(field.fields, form);
    case "list":
      return text.split(/\s*\n\s*/).flatMap((line) => (line === "" ? [] : [field.ofNumbers ? asNumber(line) : line]));
    case "text":
    case "choice":
      return text;
    case "integer":
    case "number":
      return asNumber(text);
    default:
      return field.type satisfies never;
  }
}

const asNumber = (text: string): string | number => (text === "" || Number.isNaN(Number(text)) ? text : Number(text));

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

function SettingInput({ field, failure, disabled }: { field: Setting; failure: FormFailure | undefined; disabled: boolean }) {
  const t = useWords();
  const { locale } = useDisplay();
  const { name, type, label, hint, minimum, maximum, value } = field;
  if (type === "group") {
    return (
      <fieldset className="grid gap-4 border-s border-line ps-4">
        <legend className="contents">
          <span className="text-[0.8125rem] font-medium text-ink">{label[locale]}</span>
        </legend>
        {hint && <p className="text-[0.8125rem] text-ink-faint">{hint[locale]}</p>}
        {field.fields.map((inner) => (
          <SettingInput key={inner.name} field={inner} failure={failure} disabled={disabled} />
        ))}
      </fieldset>
    );
  }
  if (type === "boolean") {
    return (
      <Checkbox name={name} value="1" defaultChecked={value === true} disabled={disabled} label={label[locale]} hint={hint?.[locale]} />
    );
  }
  const range = minimum !== null && maximum !== null ? t("accounts.settingsRange", { from: minimum, to: maximum }) : null;
  const lines = type === "list" ? t("accounts.settingsLines") : null;
  return (
    <Field label={label[locale]} hint={[hint?.[locale], range, lines].filter(Boolean).join(" ")} error={failure?.fields[name]}>
      <SettingControl field={field} given={failure?.values[name]} disabled={disabled} />
    </Field>
  );
}

function SettingControl({ field, given, disabled }: { field: Setting; given: string | undefined; disabled: boolean }) {
  const { locale } = useDisplay();
  const { name, type, choices, minimum, maximum, value } = field;
  if (type === "choice") {
    const options = choices.map((choice) => ({ value: choice.value, label: choice.label[locale] }));
    return <Select name={name} options={options} defaultValue={given ?? String(value ?? "")} disabled={disabled} className="sm:max-w-60" />;
  }
  if (type === "list") {
    const lines = given ?? (Array.isArray(value) ? value.join("\n") : "");
    return <Textarea name={name} rows={4} defaultValue={lines} disabled={disabled} className="sm:max-w-60" />;
  }
  return (
    <Input
      name={name}
      type={type === "text" ? "text" : "number"}
      step={type === "number" ? "any" : undefined}
      min={minimum ?? undefined}
      max={maximum ?? undefined}
      defaultValue={given ?? String(value ?? "")}
      disabled={disabled}
      className={type === "text" ? "sm:max-w-60" : "sm:max-w-40"}
    />
  );
}
