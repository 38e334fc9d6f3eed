import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { loadBelow } from "#app/below-automation.server.ts";
import { ReferralsPage } from "#app/components/automations/referrals-page.tsx";
import { loadReferrals } from "#app/show-referrals.ts";
import { titleMeta } from "#app/title.ts";

export const meta = titleMeta;

export const loader = (args: LoaderFunctionArgs) => loadBelow(args, loadReferrals);

export default function Referrals() {
  const { title: _, name: __, ...page } = useLoaderData<typeof loader>();
  return <ReferralsPage {...page} />;
}
