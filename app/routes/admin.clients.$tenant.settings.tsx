import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { clientFieldsOf } from "#app/client-form.ts";
import { ClientFields } from "#app/components/admin/client-fields.tsx";
import { LoanSection } from "#app/components/admin/loan-section.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Checkbox } from "#app/components/ui/checkbox.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { formFailure } from "#app/form-errors.ts";
import { isolate } from "#app/i18n/isolate.ts";
import { timezonesWith } from "#app/i18n/timezones.server.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { useAdmin } from "#app/portal/use-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("clients");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const tenant = String(args.params.tenant);
  const [client, loans, lendable] = await Promise.all([
    api.clients.get({ tenant }),
    api.clients.loans({ tenant }),
    api.clients.lendable({ tenant }),
  ]);
  const title = titleOf(wordsIn(locale)("clients:client.tabs.settings"), client.name);
  return { title, client, loans, lendable, timezones: timezonesWith(client.timezone) };
}

/** `intent` says what is done: `features` sets which jobs the client has, `lend` and `end-loan` are of accounts, `facts` of the client. */
export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const tenant = String(args.params.tenant);
  const form = await args.request.formData();
  const t = wordsIn(locale);
  try {
    switch (form.get("intent")) {
      case "features": {
        const wanted = form.getAll("job");
        const jobs = await api.runs.jobs();
        await api.clients.setFeatures({ tenant, features: Object.fromEntries(jobs.map(({ id }) => [id, wanted.includes(id)])) });
        toast({ kind: "success", message: t("clients:features.saved") });
        break;
      }
      case "lend": {
        const [lender = "", connectionId = ""] = String(form.get("account")).split("/");
        await api.clients.lend({ tenant: lender, connectionId, borrower: tenant });
        toast({ kind: "success", message: t("loans:lent") });
        break;
      }
      case "end-loan": {
        await api.clients.endLoan({ tenant, loanId: String(form.get("loanId")) });
        toast({ kind: "success", message: t("loans:ended", { account: String(form.get("account")) }) });
        break;
      }
      default: {
        await api.clients.update({ tenant, ...clientFieldsOf(form) });
        toast({ kind: "success", message: t("clients:client.saved") });
      }
    }
  } catch (error) {
    return formFailure(error, args, form);
  }
  return redirect(new URL(args.request.url).pathname);
}

export default function ClientSettings() {
  const t = useWords();
  const { client, loans, lendable, timezones } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const failed = failure?.intent === "facts" ? failure : undefined;
  const ofLoan = failure?.intent === "lend" || failure?.intent === "end-loan" ? failure : undefined;
  const fromAccounts = (now: string | null) =>
    now === null ? t("client.fromAccounts") : t("client.fromAccountsNow", { value: isolate(now) });
  return (
    <>
      <div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,22rem)] lg:gap-6">
        <Section title={t("client.facts")} description={t("client.factsHint")} space="none">
          <Card>
            <Form method="post" className="grid gap-5">
              <FormMessage failure={failed} />
              <ClientFields
                values={{
                  ...client,
                  currency: client.currencyChosen ? client.currency : "",
                  timezone: client.timezoneChosen ? client.timezone : "",
                  tags: client.tags?.join(", ") ?? "",
                  ...failed?.values,
                }}
                errors={failed?.fields}
                timezones={timezones}
                unpicked={{
                  currency: fromAccounts(client.currencyChosen ? null : client.currency),
                  timezone: fromAccounts(client.timezoneChosen ? null : client.timezone),
                }}
              />
              <div>
                <SubmitButton name="intent" value="facts">
                  {t("client.save")}
                </SubmitButton>
              </div>
            </Form>
          </Card>
        </Section>
        <Section title={t("features.title")} description={t("features.description")} space="none">
          <FeaturesForm />
        </Section>
      </div>
      <LoanSection client={client} loans={loans} lendable={lendable} failure={ofLoan} />
    </>
  );
}

/** A switch for each job; what is not known of a client is on. */
function FeaturesForm() {
  const t = useWords();
  const { client } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { jobs } = useAdmin();
  return (
    <Card>
      <Form key={client.jobsOn.join()} method="post" className="grid gap-5">
        {failure?.intent === "features" && <FormMessage failure={failure} />}
        <fieldset className="grid gap-4">
          <legend className="sr-only">{t("features.title")}</legend>
          {jobs.map(({ id, title, description }) => (
            <Checkbox key={id} name="job" value={id} label={title} hint={description} defaultChecked={client.jobsOn.includes(id)} />
          ))}
        </fieldset>
        <div>
          <SubmitButton name="intent" value="features" variant="secondary">
            {t("features.save")}
          </SubmitButton>
        </div>
      </Form>
    </Card>
  );
}
