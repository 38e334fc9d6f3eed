import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { PlanTable } from "#app/components/admin/plan-table.tsx";
import { RenewalHistoryTable } from "#app/components/admin/renewal-history-table.tsx";
import { UnusedPermissions } from "#app/components/client/unused-permissions.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { filtersOf } from "#app/filters.ts";
import { formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("operations");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const tenant = String(args.params.tenant);
  const { cursor } = filtersOf(args.request, ["cursor"]);
  const [plans, history, unused] = await Promise.all([
    api.renewals.plans({ tenant }),
    api.renewals.history({ tenant, cursor }),
    api.connections.unused({ tenant }),
  ]);
  return { title: titleOf(wordsIn(locale)("operations:renewals.title"), tenant), plans, history, unused };
}

/** Renews one connection (`connectionId`, called `account`) now, and says how it went. */
export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const form = await args.request.formData();
  const account = String(form.get("account"));
  try {
    const connectionId = String(form.get("connectionId"));
    const { outcome } = await api.renewals.now({ tenant: String(args.params.tenant), connectionId });
    const t = wordsIn(locale);
    if (outcome === "renewed" || outcome === "late") {
      toast({ kind: "success", message: t("operations:renewals.done", { account }) });
    } else {
      const reason = t(`account:probe.${outcome}`);
      toast({ kind: "error", message: t("operations:renewals.notDone", { account, reason }) });
    }
  } catch (error) {
    return formFailure(error, args, form);
  }
  return redirect(new URL(args.request.url).pathname);
}

export default function ClientRenewals() {
  const t = useWords();
  const { plans, history, unused } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const nameOf = (id: string) => plans.find(({ connection }) => connection === id)?.name ?? id;
  return (
    <>
      <FormMessage failure={failure} />
      <Section title={t("renewals.plansTitle")} description={t("renewals.plansDescription")}>
        <PlanTable plans={plans} />
        {unused.map((each) => (
          <UnusedPermissions key={each.connection} unused={each} />
        ))}
      </Section>
      <Section title={t("renewals.historyTitle")} description={t("renewals.historyDescription")}>
        <Card padding="none">
          <RenewalHistoryTable attempts={history.items} nameOf={nameOf} />
          <CursorPages next={history.next} summary={t("renewals.shown", { count: history.items.length })} />
        </Card>
      </Section>
    </>
  );
}
