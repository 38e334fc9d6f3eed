import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { loadBelowOfClient } from "#app/below-automation.server.ts";
import { FlowPage } from "#app/components/automations/flow-page.tsx";
import { loadFlow } from "#app/show-flow.ts";
import { titleMeta } from "#app/title.ts";

export const meta = titleMeta;

export const loader = (args: LoaderFunctionArgs) => loadBelowOfClient(args, loadFlow);

/** What stands between a client and Shopify Flow, for the agency. */
export default function ClientFlow() {
  const { view, trail } = useLoaderData<typeof loader>();
  return <FlowPage view={view} trail={trail} />;
}
