import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { PreferenceForm } from "#app/components/notices/preference-form.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { savePreferences } from "#app/notice-actions.ts";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { useAdmin } from "#app/portal/use-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import { agencyNoticeKinds } from "#db/words/notices.ts";

const useWords = wordsOf("notifications");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  return { title: titleOf(wordsIn(locale)("notifications:settingsLink")), preferences: await api.notices.preferences() };
}

export async function action(args: ActionFunctionArgs) {
  enterAdmin(args);
  return savePreferences(args, agencyNoticeKinds);
}

export default function NoticeSettings() {
  const t = useWords();
  const { preferences } = useLoaderData<typeof loader>();
  const { me } = useAdmin();
  return (
    <>
      <PageHeader title={t("settingsLink")} />
      <PreferenceForm kinds={agencyNoticeKinds} preferences={preferences} timezone={me.timezone} failure={useActionData<typeof action>()} />
    </>
  );
}
