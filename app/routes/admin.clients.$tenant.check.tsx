import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { CircleCheck } from "lucide-react";
import { Section } from "#app/components/shell/section.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("clients");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const tenant = String(args.params.tenant);
  const [client, findings] = await Promise.all([api.clients.get({ tenant }), api.clients.validate({ tenant })]);
  return { title: titleOf(wordsIn(locale)("clients:check.tab"), client.name), findings };
}

/** What is missing or inconsistent in a client, as `npm run validate-client` says it. */
export default function ClientCheck() {
  const t = useWords();
  const { findings } = useLoaderData<typeof loader>();
  return (
    <Section title={t("check.title")} description={t("check.description")} space="none">
      <Card padding="none">
        {findings.length === 0 ? (
          <EmptyState icon={CircleCheck} title={t("check.emptyTitle")}>
            {t("check.emptyBody")}
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {findings.map(({ severity, code, message }) => (
              <li key={`${code} ${message}`} className="flex flex-wrap items-start gap-x-3 gap-y-1.5 px-4 py-3 text-[0.8125rem]">
                <Badge tone={severity === "error" ? "danger" : "warn"}>{t(`check.${severity}`)}</Badge>
                <span className="min-w-0 flex-1 basis-60 [overflow-wrap:anywhere]">{message}</span>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </Section>
  );
}
