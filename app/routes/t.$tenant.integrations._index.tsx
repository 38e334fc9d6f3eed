import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { CalendarDays } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IntegrationCard } from "#app/components/client/integration-card.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { formFailure } from "#app/form-errors.ts";
import { translatorOf } from "#app/i18n/translator.server.ts";
import { enterTenant, useTenant } from "#app/tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  return {
    title: titleOf(translatorOf(locale)("integrations.title"), tenant.name),
    integrations: await api.connections.list({ tenant: tenant.id }),
  };
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

export default function Integrations() {
  const { t } = useTranslation("client");
  const { integrations } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { base, may } = useTenant();
  const next = integrations.find(({ state, configured }) => state === "not_connected" && configured);
  return (
    <>
      <PageHeader
        title={t("integrations.title")}
        description={
          <>
            <p>{t("integrations.description")}</p>
            {!may("connections:write") && <p className="mt-1">{t("integrations.readOnly")}</p>}
          </>
        }
        actions={
          <Button asChild>
            <Link to={`${base}/integrations/calendar`}>
              <CalendarDays aria-hidden />
              {t("calendar.toCalendar")}
            </Link>
          </Button>
        }
      />
      <FormMessage failure={failure} />
      <ul className="grid grid-cols-1 items-start gap-4 md:grid-cols-2 xl:grid-cols-3">
        {integrations.map((integration) => (
          <IntegrationCard key={integration.provider} integration={integration} next={integration === next} />
        ))}
      </ul>
    </>
  );
}
