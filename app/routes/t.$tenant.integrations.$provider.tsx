import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { type Integration, isSwitchedOff, stateOfProvider } from "#app/components/client/account-state.ts";
import { ConnectForm } from "#app/components/client/connect-form.tsx";
import { ConnectedAccount } from "#app/components/client/connected-account.tsx";
import { KeyForm } from "#app/components/client/key-form.tsx";
import { LentAccount } from "#app/components/client/lent-account.tsx";
import { OtherAccount } from "#app/components/client/other-account.tsx";
import { OwedAccess } from "#app/components/client/owed-access.tsx";
import { StateBadge } from "#app/components/client/state-badge.tsx";
import { UnusedPermissions } from "#app/components/client/unused-permissions.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { ProviderMark } from "#app/components/ui/provider-mark.tsx";
import { type FormFailure, formFailure } from "#app/form-errors.ts";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { connectByKey } from "#app/key-form.ts";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import { setWebhookSecret } from "#app/webhook-form.ts";

const useWords = wordsOf("accounts");

/** What these fail with is said where they stand. */
const ownForms: readonly (string | undefined)[] = ["connect-key", "set-webhook-secret"];

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api } = args.context;
  const provider = String(args.params.provider);
  const [integrations, further, unused] = await Promise.all([
    api.connections.list({ tenant: tenant.id }),
    api.connections.permissions({ tenant: tenant.id, provider }),
    api.connections.unused({ tenant: tenant.id }),
  ]);
  const integration = integrations.find((each) => each.provider === provider);
  if (!integration) throw new Response("There is no such provider", { status: 404 });
  const { searchParams } = new URL(args.request.url);
  return {
    title: titleOf(integration.name, tenant.name),
    integration,
    /** The account that was awaited when another one came back. */
    other: integration.connections.find(({ id }) => id === searchParams.get("other")) ?? null,
    unused: unused.filter((each) => each.provider === provider),
    hasFurther: further.length > 0,
  };
}

export async function action(args: ActionFunctionArgs) {
  const { request, context, params } = args;
  const { api, locale } = context;
  const form = await request.formData();
  const text = (name: string) => String(form.get(name) ?? "");
  const connection = { tenant: String(params.tenant), connectionId: text("connectionId") };
  const account = text("account");
  const t = wordsIn(locale);
  try {
    switch (text("intent")) {
      case "connect-key": {
        const refused = await connectByKey(args, form);
        if (refused) return refused;
        break;
      }
      case "set-webhook-secret": {
        const refused = await setWebhookSecret(args, form);
        if (refused) return refused;
        break;
      }
      case "remove-webhook-secret": {
        await api.connections.removeWebhookSecret({ ...connection, all: text("all") === "yes" });
        context.toast({ kind: "success", message: t("accounts:webhook.removedToast", { account }) });
        break;
      }
      case "probe": {
        const { health } = await api.connections.probe(connection);
        const works = health.state === "healthy" || health.state === "expiring";
        const message = t(works ? "forms:probe.ok" : "forms:probe.failed", { account, words: health.words[locale] });
        // What mends itself is no alarm.
        context.toast({ kind: works ? "success" : health.state === "degraded" ? "info" : "error", message });
        break;
      }
      case "prefer": {
        await api.connections.prefer(connection);
        context.toast({ kind: "success", message: t("accounts:accounts.usedNowToast", { account }) });
        break;
      }
      case "keep-key": {
        await api.connections.keepKey(connection);
        context.toast({ kind: "success", message: t("accounts:keys.keptToast", { account }) });
        break;
      }
      case "settle-owed": {
        await api.connections.settleOwed({ tenant: connection.tenant, owedId: text("owedId") });
        context.toast({ kind: "success", message: t("account:owed.removedToast") });
        break;
      }
      case "disconnect": {
        const { remark } = await api.connections.disconnect(connection);
        const done = t("accounts:integrations.disconnected", { account });
        context.toast(remark ? { kind: "info", message: `${done} ${remark[locale]}` } : { kind: "success", message: done });
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
  const t = useWords();
  const { locale } = useDisplay();
  const { integration, other, unused, hasFurther } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { base, may } = useTenant();
  const { provider, name, description, connections, signsIn, configured } = integration;
  const connects = may("connections:write");
  return (
    <>
      <PageHeader
        before={<Breadcrumbs items={[{ label: t("integrations.title"), to: `${base}/integrations` }, { label: name }]} />}
        title={
          <span className="flex flex-wrap items-center gap-3">
            <ProviderMark id={provider} name={name} />
            {name}
            {connections.length + (integration.lent ? 1 : 0) !== 1 && <StateBadge state={stateOfProvider(integration)} />}
          </span>
        }
        description={
          <>
            <p>{description[locale]}</p>
            {!connects && <p className="mt-1">{t("integrations.readOnly")}</p>}
          </>
        }
      />
      <FormMessage failure={ownForms.includes(failure?.intent) ? undefined : failure} />
      <OwedAccess integrations={[integration]} settles={connects} />
      {other && connects && <OtherAccount integration={integration} awaited={other} />}
      {integration.lent && <LentAccount lent={integration.lent} />}
      {connections.length > 0 && (
        <ul className="grid grid-cols-1 gap-4">
          {connections.map((account) => (
            <ConnectedAccount key={account.id} integration={integration} account={account} failure={failure} />
          ))}
        </ul>
      )}
      {unused.map((each) => (
        <UnusedPermissions key={each.connection} unused={each} />
      ))}
      {connects && <Connect integration={integration} failure={failure} />}
      {connects && signsIn && configured && hasFurther && !isSwitchedOff(integration) && (
        <p className="mt-6 text-[0.8125rem]">
          <Link to={`${base}/integrations/${provider}/permissions`} className="link">
            {t("accounts.permissions")}
          </Link>
        </p>
      )}
    </>
  );
}

/** The ways to connect an account, the first one or one more. */
function Connect({ integration, failure }: { integration: Integration; failure: FormFailure | undefined }) {
  const t = useWords();
  const { locale } = useDisplay();
  const { name, connections, lent, signsIn, configured, keyForm, jobs } = integration;
  const isFirst = connections.length === 0;
  const title = t(isFirst ? (lent ? "accounts.connectOwn" : "accounts.connectTitle") : "accounts.connectAnother");
  const space = isFirst && !lent ? "none" : "md";
  if (isSwitchedOff(integration)) {
    return (
      <Section title={title} space={space}>
        <p className="text-[0.8125rem] text-ink-muted">{t("integrations.switchedOff", { provider: name })}</p>
      </Section>
    );
  }
  return (
    <Section title={title} space={space}>
      <div className="grid grid-cols-1 gap-4">
        {signsIn && configured && (
          <Card>
            <ConnectForm integration={integration} primary={isFirst && !lent} />
          </Card>
        )}
        {keyForm && (
          <Card title={signsIn && configured ? t("keys.or") : undefined}>
            <KeyForm integration={integration} failure={failure} className="max-w-xl" />
          </Card>
        )}
        {signsIn && !configured && !keyForm && <p className="text-[0.8125rem] text-ink-faint">{t("integrations.notConfigured")}</p>}
      </div>
      {isFirst && (
        <p className="mt-4 text-[0.8125rem] text-ink-faint">
          {jobs.length > 0
            ? t("accounts.feeds", { list: new Intl.ListFormat(locale).format(jobs.map(({ title }) => title[locale])) })
            : t("accounts.feedsNone")}
        </p>
      )}
    </Section>
  );
}
