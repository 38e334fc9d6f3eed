import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData, useLocation } from "@remix-run/react";
import { Check } from "lucide-react";
import { ProviderTrail } from "#app/components/client/provider-trail.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { ProviderMark } from "#app/components/ui/provider-mark.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("accounts");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale, describe } = args.context;
  const home = `/t/${tenant.id}/integrations/${args.params.provider}`;
  const consent = new URL(args.request.url).searchParams.get("consent")?.slice(0, 60) ?? "";
  const integrations = await api.connections.list({ tenant: tenant.id });
  const integration = integrations.find(({ provider }) => provider === args.params.provider);
  if (!integration) throw new Response("There is no such provider", { status: 404 });
  try {
    const account = await api.connections.shown({ tenant: tenant.id, consent });
    const title = titleOf(wordsIn(locale)("accounts:confirm.title", { provider: integration.name }), tenant.name);
    return { title, provider: { id: integration.provider, name: integration.name }, account, consent };
  } catch (error) {
    if (describe(error).kind !== "not_found") throw error;
    // It was answered, or nobody did in time: the page of the provider says what is connected.
    throw redirect(home);
  }
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await request.formData();
  const consent = String(form.get("consent") ?? "");
  try {
    const keep = form.get("answer") === "yes";
    const { location, toast } = await context.api.connections.answerShown({ tenant: String(params.tenant), consent, keep });
    if (toast) context.toast(toast);
    return redirect(location);
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
}

/** The account that came back from a provider, before it is kept: yes or no. */
export default function Confirm() {
  const t = useWords();
  const { provider, account, consent } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { pathname, search } = useLocation();
  return (
    <>
      <PageHeader
        before={<ProviderTrail provider={provider} step={t("confirm.step")} />}
        title={t("confirm.title", { provider: provider.name })}
        description={t("confirm.body", { provider: provider.name })}
      />
      <FormMessage failure={failure} />
      <Form method="post" action={`${pathname}${search}`} className="grid max-w-xl gap-4">
        <input type="hidden" name="consent" value={consent} />
        <Card className="flex items-center gap-4">
          <ProviderMark id={provider.id} name={provider.name} />
          <div className="min-w-0">
            <p className="text-[0.9375rem] font-semibold [overflow-wrap:anywhere]">
              <bdi>{account.name}</bdi>
            </p>
            {account.email && account.email !== account.name && (
              <p className="text-[0.8125rem] text-ink-muted [overflow-wrap:anywhere]">
                <bdi dir="ltr">{account.email}</bdi>
              </p>
            )}
            <p className="text-xs text-ink-faint [overflow-wrap:anywhere]">
              {provider.name} · <bdi dir="ltr">{account.externalId}</bdi>
            </p>
          </div>
        </Card>
        <div className="flex flex-wrap gap-2">
          <SubmitButton name="answer" value="yes">
            <Check aria-hidden />
            {t("confirm.yes")}
          </SubmitButton>
          <SubmitButton variant="secondary" name="answer" value="no">
            {t("confirm.no")}
          </SubmitButton>
        </div>
        <p className="text-xs text-ink-faint">{t("confirm.wait")}</p>
      </Form>
    </>
  );
}
