import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { loadBelow } from "#app/below-automation.server.ts";
import { SyncsPage } from "#app/components/automations/syncs-page.tsx";
import { loadSyncs } from "#app/show-syncs.ts";
import { titleMeta } from "#app/title.ts";

export const meta = titleMeta;

export const loader = (args: LoaderFunctionArgs) => loadBelow(args, loadSyncs);

export default function Syncs() {
  const { title: _, name: __, ...page } = useLoaderData<typeof loader>();
  return <SyncsPage {...page} />;
}
