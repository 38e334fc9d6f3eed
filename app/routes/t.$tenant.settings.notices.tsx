import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { PreferenceForm } from "#app/components/notices/preference-form.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { savePreferences } from "#app/notice-actions.ts";
import { enterOwn, enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import { clientNoticeKinds } from "#db/words/notices.ts";

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterOwn(args);
  const { api, locale } = args.context;
  return {
    title: titleOf(wordsIn(locale)("notifications:preferences.title"), tenant.name),
    preferences: await api.notices.preferences(),
  };
}

export async function action(args: ActionFunctionArgs) {
  await enterTenant(args);
  return savePreferences(args, clientNoticeKinds);
}

export default function NoticeSettings() {
  const { preferences } = useLoaderData<typeof loader>();
  const { me } = useTenant();
  return (
    <PreferenceForm kinds={clientNoticeKinds} preferences={preferences} timezone={me.timezone} failure={useActionData<typeof action>()} />
  );
}
