import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { CalendarClock, SearchX } from "lucide-react";
import { isServed, needsAttention, stateOfProvider, urgencyOf } from "#app/components/client/account-state.ts";
import { ConnectedCard, ShelfCard } from "#app/components/client/integration-card.tsx";
import { IntegrationFilter, SHOWN, type Shown } from "#app/components/client/integration-filter.tsx";
import { OwedAccess } from "#app/components/client/owed-access.tsx";
import { GROUPS, groupOf } from "#app/components/client/provider-groups.ts";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import { foldText } from "#server/domain/tenancy/fold-text.ts";

const useWords = wordsOf("accounts", "calendar");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const t = wordsIn(locale);
  const { searchParams } = new URL(args.request.url);
  const q = (searchParams.get("q") ?? "").trim().slice(0, 60);
  const show: Shown = SHOWN.find((each) => each === searchParams.get("show")) ?? "all";
  const all = await api.connections.list({ tenant: tenant.id });
  const words = foldText(q);
  const integrations = all.filter((integration) => {
    const { provider, name, description, connections, lent } = integration;
    const state = stateOfProvider(integration);
    const isShown = {
      all: true,
      connected: isServed(integration),
      attention: needsAttention(state),
      free: !isServed(integration),
    }[show];
    const said = [
      name,
      description[locale],
      t(`accounts:accounts.group.${groupOf(provider)}`),
      ...connections.map((each) => each.name),
      lent?.account ?? "",
    ];
    return isShown && said.some((text) => foldText(text).includes(words));
  });
  // Whatever is looked for, so that nobody filters away what is left to do.
  const owing = all.flatMap(({ name, owed }) => (owed.length > 0 ? [{ name, owed }] : []));
  return { title: titleOf(t("accounts:integrations.title"), tenant.name), integrations, owing, q, show };
}

/** What is connected, by what it is for. */
const FEEDS = ["metrics", "automations", null] as const;

/** Access that we could not give back was removed at its provider by hand. */
export async function action({ request, context, params }: ActionFunctionArgs) {
  const { api, locale, toast } = context;
  const form = await request.formData();
  try {
    await api.connections.settleOwed({ tenant: String(params.tenant), owedId: String(form.get("owedId")) });
    toast({ kind: "success", message: wordsIn(locale)("account:owed.removedToast") });
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
  const { pathname, search } = new URL(request.url);
  return redirect(`${pathname}${search}`);
}

/** The shelf: what is connected first, who needs a person before all else; then what is worth most, then the rest, by what it is for. All that can be done stands on a provider's own page. */
export default function Integrations() {
  const t = useWords();
  const { integrations, owing, q, show } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { may, base } = useTenant();
  const connected = integrations.filter(isServed).sort((a, b) => urgencyOf(stateOfProvider(a)) - urgencyOf(stateOfProvider(b)));
  const proposed = integrations.filter((integration) => !isServed(integration) && integration.proposed !== null);
  const free = integrations.filter((integration) => !isServed(integration) && integration.proposed === null);
  return (
    <>
      <PageHeader
        title={t("integrations.title")}
        actions={
          connected.length > 0 && (
            <Button asChild size="sm" variant="ghost">
              <Link to={`${base}/integrations/calendar`}>
                <CalendarClock aria-hidden />
                {t("calendar:calendar.toCalendar")}
              </Link>
            </Button>
          )
        }
        description={
          <>
            <p>{t("integrations.description")}</p>
            {!may("connections:write") && <p className="mt-1">{t("integrations.readOnly")}</p>}
          </>
        }
      />
      <FormMessage failure={failure} />
      <OwedAccess integrations={owing} settles={may("connections:write")} />
      <IntegrationFilter q={q} show={show} />
      {integrations.length === 0 && (
        <Card padding="none">
          <EmptyState
            icon={SearchX}
            title={t("accounts.none")}
            action={
              <Button asChild>
                <Link to=".">{t("accounts.clear")}</Link>
              </Button>
            }
          >
            {t("accounts.noneBody")}
          </EmptyState>
        </Card>
      )}
      {FEEDS.map((feeds) => {
        const own = connected.filter((integration) => integration.feeds === feeds);
        return (
          own.length > 0 && (
            <Section key={feeds} title={t(`accounts.group.${feeds ?? "unused"}`)} space="sm">
              <ul className="grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-3">
                {own.map((integration) => (
                  <ConnectedCard key={integration.provider} integration={integration} />
                ))}
              </ul>
            </Section>
          )
        );
      })}
      {proposed.length > 0 && (
        <Section title={t("accounts.group.proposed")} space="sm">
          <ul className="grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-3">
            {proposed.map((integration) => (
              <ShelfCard key={integration.provider} integration={integration} />
            ))}
          </ul>
        </Section>
      )}
      {GROUPS.map((group) => {
        const own = free.filter(({ provider }) => groupOf(provider) === group);
        return (
          own.length > 0 && (
            <Section key={group} title={t(`accounts.group.${group}`)} space="sm">
              <ul className="grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-3">
                {own.map((integration) => (
                  <ShelfCard key={integration.provider} integration={integration} />
                ))}
              </ul>
            </Section>
          )
        );
      })}
    </>
  );
}
