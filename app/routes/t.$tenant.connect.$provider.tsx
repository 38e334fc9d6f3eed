import { type LoaderFunctionArgs, type MetaFunction, redirect } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { ExternalLink } from "lucide-react";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { isFromElsewhere } from "#app/from-elsewhere.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { titleOf } from "#app/title.ts";

const useWords = wordsOf("accounts");

/** What a connect form may say besides the workspace; `sets` and `scopes` any number of times. */
const FIELDS = ["shop", "connection", "sets", "scopes", "only", "return"] as const;

/**
 * The step between a connect form and the provider. Our policy lets forms lead to this site only (form-action), and browsers
 * hold redirects of a form to it; this page goes on by itself, which is no longer the form. Whom
 * another site's page sent here presses the button: nobody else starts a consent in their name.
 * A form with boxes to tick (`ticks`) in which none is ticked goes back: without a wish the provider would be asked for its usual ones.
 */
export async function loader(args: LoaderFunctionArgs) {
  // Who signs in first comes back to the page with the button: signing in by itself must not start anything.
  const { tenant: asked, provider: from } = args.params;
  if (!args.context.me) throw redirect(`/sign-in?to=${encodeURIComponent(`/t/${asked}/integrations/${from}`)}`);
  const { me, tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const integrations = await api.connections.list({ tenant: tenant.id });
  const integration = integrations.find(({ provider }) => provider === args.params.provider);
  if (!integration) throw new Response("There is no such provider", { status: 404 });
  // Also an admin who only looks, whom the route of the consent would take for one who acts.
  if (me.viewingUntil !== null || !tenant.may.includes("connections:write"))
    throw redirect(`/t/${tenant.id}/integrations/${integration.provider}`);
  const { searchParams } = new URL(args.request.url);
  if (searchParams.has("ticks") && !searchParams.has("sets") && !searchParams.has("scopes")) {
    args.context.toast({ kind: "error", message: wordsIn(locale)("accounts:integrations.tickOne") });
    throw redirect(`/t/${tenant.id}/integrations/${integration.provider}`);
  }
  const query = new URLSearchParams({ tenant: tenant.id });
  for (const field of FIELDS) for (const value of searchParams.getAll(field)) query.append(field, value.slice(0, 2000));
  return {
    title: titleOf(wordsIn(locale)("accounts:integrations.connectProvider", { provider: integration.name }), tenant.name),
    name: integration.name,
    next: `/api/auth/oauth/${integration.provider}/authorize?${query}`,
    goesOn: !isFromElsewhere(args.request),
  };
}

export const meta: MetaFunction<typeof loader> = ({ data }) =>
  data ? [{ title: data.title }, ...(data.goesOn ? [{ httpEquiv: "refresh", content: `0; url=${data.next}` }] : [])] : [];

export default function Connect() {
  const t = useWords();
  const { name, next } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeader title={t("integrations.going", { provider: name })} description={t("integrations.leave", { provider: name })} />
      <Button asChild variant="primary">
        <a href={next}>
          <ExternalLink aria-hidden />
          {t("integrations.goOn")}
        </a>
      </Button>
    </>
  );
}
