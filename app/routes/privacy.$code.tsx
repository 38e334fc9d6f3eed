import { data, type LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { AuthLayout } from "#app/components/shell/auth-layout.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("webhooks");

export const meta = titleMeta;

/** Whether what a person asked for through a provider is done: for whoever has the code, and nothing more than that. */
export async function loader({ params: { code = "" }, context }: LoaderFunctionArgs) {
  const t = wordsIn(context.locale);
  const head = { title: titleOf(t("webhooks:standing.title")), description: t("webhooks:standing.about") };
  try {
    return data({ ...head, ...(await context.api.webhooks.privacyStanding({ code })) });
  } catch (error) {
    const { kind } = context.describe(error);
    if (kind !== "not_found" && kind !== "invalid") throw error;
    return data({ ...head, done: null }, 404);
  }
}

export default function PrivacyStanding() {
  const t = useWords();
  const { done } = useLoaderData<typeof loader>();
  const [tone, words] = done === null ? (["warn", "unknown"] as const) : done ? (["ok", "done"] as const) : (["info", "waiting"] as const);
  return (
    <AuthLayout title={t("standing.title")}>
      <Callout tone={tone} title={t(`standing.${words}`)}>
        {t(`standing.${words}Body`)}
      </Callout>
    </AuthLayout>
  );
}
