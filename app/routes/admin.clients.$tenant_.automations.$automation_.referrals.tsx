import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { loadBelowOfClient } from "#app/below-automation.server.ts";
import { ReferralsPage } from "#app/components/automations/referrals-page.tsx";
import { loadReferrals } from "#app/show-referrals.ts";
import { titleMeta } from "#app/title.ts";

export const meta = titleMeta;

export const loader = (args: LoaderFunctionArgs) => loadBelowOfClient(args, loadReferrals);

/** Who brought whom to a client's shop, for the agency. */
export default function ClientReferrals() {
  const { title: _, name: __, ...page } = useLoaderData<typeof loader>();
  return <ReferralsPage {...page} />;
}
