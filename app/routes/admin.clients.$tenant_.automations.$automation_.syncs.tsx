import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { loadBelowOfClient } from "#app/below-automation.server.ts";
import { SyncsPage } from "#app/components/automations/syncs-page.tsx";
import { loadSyncs } from "#app/show-syncs.ts";
import { titleMeta } from "#app/title.ts";

export const meta = titleMeta;

export const loader = (args: LoaderFunctionArgs) => loadBelowOfClient(args, loadSyncs);

/** What is in step for a client, for the agency. */
export default function ClientSyncs() {
  const { title: _, name: __, ...page } = useLoaderData<typeof loader>();
  return <SyncsPage {...page} />;
}
