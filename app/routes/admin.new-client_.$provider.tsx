import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { ExternalLink } from "lucide-react";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { isFromElsewhere } from "#app/from-elsewhere.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleOf } from "#app/title.ts";

const useWords = wordsOf("intake");

/**
 * The step between the form and the provider: our policy holds forms, and their redirects, to this site; this page goes on by
 * itself, which is no longer the form. Whom another site's page sent here presses the button.
 */
export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const sources = await api.integrations.sources();
  const source = sources.find(({ provider }) => provider === args.params.provider);
  if (!source) throw new Response("There is no such provider", { status: 404 });
  const { searchParams } = new URL(args.request.url);
  const given = ["shop", "client", "return"].flatMap((name) => {
    const value = searchParams.get(name)?.slice(0, 2000);
    return value ? [[name, value]] : [];
  });
  const title = wordsIn(locale)("intake:going", { provider: source.name });
  const query = given.length > 0 ? `?${new URLSearchParams(given)}` : "";
  const next = `/api/integrations/${source.provider}/oauth/start${query}`;
  return { title: titleOf(title), name: source.name, next, goesOn: !isFromElsewhere(args.request) };
}

export const meta: MetaFunction<typeof loader> = ({ data }) =>
  data ? [{ title: data.title }, ...(data.goesOn ? [{ httpEquiv: "refresh", content: `0; url=${data.next}` }] : [])] : [];

export default function Going() {
  const t = useWords();
  const { name, next } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeader
        before={<Breadcrumbs items={[{ label: t("title"), to: "/admin/new-client" }, { label: name }]} />}
        title={t("going", { provider: name })}
        description={t("sourceBody")}
      />
      <Button asChild variant="primary">
        <a href={next}>
          <ExternalLink aria-hidden />
          {t("goOn", { provider: name })}
        </a>
      </Button>
    </>
  );
}
