import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { CircleCheck } from "lucide-react";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { IncidentTable } from "#app/components/admin/incident-table.tsx";
import { SwitchTable } from "#app/components/admin/switch-table.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { filtersOf } from "#app/filters.ts";
import { formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("incidents");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const { cursor } = filtersOf(args.request, ["cursor"]);
  const [page, switches] = await Promise.all([api.incidents.list({ cursor }), api.incidents.switches()]);
  return { title: titleOf(wordsIn(locale)("incidents:title")), page, switches };
}

/** Switches a provider off for all clients, or on again. */
export async function action(args: ActionFunctionArgs) {
  const { request, context } = args;
  const form = await request.formData();
  const text = (name: string) => String(form.get(name) ?? "");
  const on = text("intent") === "switch-on";
  try {
    await context.api.incidents.switch({ provider: text("provider"), on });
    const t = wordsIn(context.locale);
    const message = t(on ? "incidents:providers.onToast" : "incidents:providers.offToast", { provider: text("name") });
    context.toast({ kind: "success", message });
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
  return redirect(new URL(request.url).pathname);
}

/** Providers that fail for many clients, or did, and the switch of each. */
export default function Incidents() {
  const t = useWords();
  const { page, switches } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      <FormMessage failure={failure} />
      <Section title={t("openTitle")}>
        <Card padding="none">
          <IncidentTable
            caption={t("openTitle")}
            incidents={page.open}
            empty={
              <EmptyState icon={CircleCheck} title={t("calm")}>
                {t("calmBody")}
              </EmptyState>
            }
          />
        </Card>
      </Section>
      {page.past.length > 0 && (
        <Section title={t("pastTitle")}>
          <Card padding="none">
            <IncidentTable caption={t("pastTitle")} incidents={page.past} />
            <CursorPages next={page.next} summary={t("shown", { count: page.past.length })} />
          </Card>
        </Section>
      )}
      <div id="providers" className="mt-8 scroll-mt-20 lg:mt-10">
        <Section title={t("providers.title")} description={t("providers.body")}>
          <Card padding="none">
            <SwitchTable switches={switches} />
          </Card>
        </Section>
      </div>
    </>
  );
}
