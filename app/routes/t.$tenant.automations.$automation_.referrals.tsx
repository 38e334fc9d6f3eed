import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { ReferralsPage } from "#app/components/automations/referrals-page.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { loadReferrals } from "#app/show-referrals.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const automation = String(args.params.automation);
  const page = await loadReferrals(args, { tenant: tenant.id, automation, timeZone: tenant.timezone });
  const base = `/t/${tenant.id}/automations`;
  const trail = [
    { label: wordsIn(args.context.locale)("automations:title"), to: base },
    { label: page.name, to: `${base}/${automation}` },
  ];
  return { title: titleOf(page.view.words.title, page.name, tenant.name), trail, ...page };
}

export default function Referrals() {
  const { title: _, name: __, ...page } = useLoaderData<typeof loader>();
  return <ReferralsPage {...page} />;
}
