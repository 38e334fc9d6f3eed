import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { IntegrationCard } from "#app/components/client/integration-card.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { formFailure } from "#app/form-errors.ts";
import { translatorOf } from "#app/i18n/translator.server.ts";
import { enterTenant, useTenant } from "#app/tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const integrations = await args.context.api.connections.list({ tenant: tenant.id });
  const integration = integrations.find(({ provider }) => provider === args.params.provider);
  if (!integration) throw new Response("There is no such provider", { status: 404 });
  return { title: titleOf(integration.name, tenant.name), integration };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const { api, locale } = context;
  const form = await request.formData();
  const text = (name: string) => String(form.get(name) ?? "");
  const connection = { tenant: String(params.tenant), connectionId: text("connectionId") };
  const account = text("account");
  const t = translatorOf(locale);
  try {
    switch (text("intent")) {
      case "probe": {
        const { result } = await api.connections.probe(connection);
        context.toast(
          result === "ok"
            ? { kind: "success", message: t("integrations.checkOk", { account }) }
            : { kind: "error", message: t("integrations.checkFailed", { account, reason: t(`integrations.probe.${result}`) }) },
        );
        break;
      }
      case "disconnect": {
        await api.connections.disconnect(connection);
        context.toast({ kind: "success", message: t("integrations.disconnected", { account }) });
        break;
      }
      default:
        throw new Response("Unknown intent", { status: 422 });
    }
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
  return redirect(new URL(request.url).pathname);
}

/** One provider: its accounts with all that can be done about them, and the ways to connect another one. */
export default function ProviderPage() {
  const { t } = useTranslation("client");
  const { integration } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { base } = useTenant();
  return (
    <>
      <PageHeader
        before={<Breadcrumbs items={[{ label: t("integrations.title"), to: `${base}/integrations` }, { label: integration.name }]} />}
        title={integration.name}
      />
      <FormMessage failure={failure} />
      <ul>
        <IntegrationCard integration={integration} next={false} />
      </ul>
    </>
  );
}
