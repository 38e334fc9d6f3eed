import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { NoticePage } from "#app/components/notices/notice-page.tsx";
import { filtersOf } from "#app/filters.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { markRead } from "#app/notice-actions.ts";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const { cursor } = filtersOf(args.request, ["cursor"]);
  return {
    title: titleOf(wordsIn(locale)("notifications:title"), tenant.name),
    page: await api.notices.own({ tenant: tenant.id, cursor }),
  };
}

export async function action(args: ActionFunctionArgs) {
  const { tenant } = await enterTenant(args);
  return markRead(args, (input) => args.context.api.notices.markRead({ tenant: tenant.id, ...input }));
}

/** What the reader was told in this client. */
export default function Notices() {
  const { page } = useLoaderData<typeof loader>();
  const { base } = useTenant();
  return <NoticePage page={page} base={base} settings={`${base}/settings/notices`} />;
}
