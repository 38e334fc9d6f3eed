import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("guide");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const { automations } = await api.policies.automations({ tenant: tenant.id });
  return {
    title: titleOf(wordsIn(locale)("guide:title"), tenant.name),
    automations: automations.map(({ id, title, description, never }) => ({ id, title, description, never })),
  };
}

const told = ["once", "limits", "control", "people", "undo"] as const;
const modes = ["off", "shadow", "approve", "auto"] as const;

/** How automations work, for a client's people: what they can rely on, and what each of them does. */
export default function Guide() {
  const t = useWords();
  const { locale } = useDisplay();
  const { automations } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      <div className="max-w-prose text-sm leading-relaxed [&_p]:text-ink-muted [&_ul]:text-ink-muted">
        <Section title={t("parts.propose.title")}>
          <p>{t("parts.propose.body")}</p>
        </Section>
        <Section title={t("parts.modes.title")}>
          <ul className="grid gap-2">
            {modes.map((mode) => (
              <li key={mode}>{t(`parts.modes.${mode}`)}</li>
            ))}
          </ul>
        </Section>
        {told.map((part) => (
          <Section key={part} title={t(`parts.${part}.title`)}>
            <p>{t(`parts.${part}.body`)}</p>
            {part === "control" && <p className="mt-2">{t("parts.control.reading")}</p>}
          </Section>
        ))}
      </div>
      {automations.length > 0 && (
        <Section title={t("each")}>
          <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
            {automations.map(({ id, title, description, never }) => (
              <Card key={id} title={title[locale]}>
                <p className="text-sm text-ink">{description[locale]}</p>
                <p className="mt-3 text-[0.8125rem] text-ink-muted">
                  <span className="font-medium text-ink">{t("never")}</span> {never[locale]}
                </p>
              </Card>
            ))}
          </div>
        </Section>
      )}
    </>
  );
}
