import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { NoticePage } from "#app/components/notices/notice-page.tsx";
import { filtersOf } from "#app/filters.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { markRead } from "#app/notice-actions.ts";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const { cursor } = filtersOf(args.request, ["cursor"]);
  return { title: titleOf(wordsIn(locale)("notifications:title")), page: await api.notices.ofAgency({ cursor }) };
}

export async function action(args: ActionFunctionArgs) {
  const { api } = enterAdmin(args);
  return markRead(args, (input) => api.notices.markAgencyRead(input));
}

/** What the reader was told as an admin of the agency. */
export default function Notices() {
  const { page } = useLoaderData<typeof loader>();
  return <NoticePage page={page} base="/admin" settings="/admin/notices/settings" />;
}
