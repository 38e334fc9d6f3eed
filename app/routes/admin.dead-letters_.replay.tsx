import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { MailCheck, RotateCcw } from "lucide-react";
import { AT_ONCE, BulkPage } from "#app/components/admin/bulk-page.tsx";
import { ClientFilter } from "#app/components/admin/client-filter.tsx";
import { FilterSelect } from "#app/components/find/filter-select.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { filtersOf } from "#app/filters.ts";
import { formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { pickClient } from "#app/portal/pick-client.ts";
import { useAdmin } from "#app/portal/use-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import { runErrorKinds } from "#db/words/runs.ts";

const useWords = wordsOf("operations", "runs", "admin");

export const meta = titleMeta;

async function asked(args: LoaderFunctionArgs | ActionFunctionArgs) {
  const { job, cause } = filtersOf(args.request, ["job", "cause"]);
  const picked = await pickClient(args);
  return { picked, which: { tenantId: picked.id, job, cause } };
}

/** What would be replayed: nothing is until the button is pressed. */
export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const { picked, which } = await asked(args);
  const plan = await api.deadLetters.replayable(which);
  return { title: titleOf(wordsIn(locale)("operations:bulk.replay.title")), picked, which, plan };
}

/** Replays the open dead letters that the address means, some at a time. */
export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const form = await args.request.formData();
  const t = wordsIn(locale);
  try {
    const { which } = await asked(args);
    const { replayed, refused, left } = await api.deadLetters.replayAll({ ...which, until: String(form.get("until") || "") || undefined });
    const said = [
      t("operations:bulk.replay.done", { count: replayed }),
      refused > 0 ? t("operations:bulk.replay.refused", { count: refused }) : "",
      left > refused ? t("operations:bulk.left", { count: left - refused }) : "",
    ];
    toast({ kind: replayed > 0 ? "success" : "info", message: said.filter(Boolean).join(" ") });
  } catch (error) {
    return formFailure(error, args, form);
  }
  const { pathname, search } = new URL(args.request.url);
  return redirect(`${pathname}${search}`);
}

export default function ReplayLetters() {
  const t = useWords();
  const { picked, which, plan } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { jobs } = useAdmin();
  const filtered = Object.values(which).some(Boolean);
  return (
    <BulkPage
      of={{ label: t("deadLetters.title"), to: "/admin/dead-letters" }}
      title={t("bulk.replay.title")}
      description={t("bulk.replay.description")}
      failure={failure}
      filters={{
        active: filtered,
        fields: (
          <>
            <ClientFilter picked={picked} />
            <FilterSelect
              name="job"
              label={t("runs:runs.job")}
              value={which.job}
              any={t("runs:runs.anyJob")}
              options={jobs.map(({ id, title }) => ({ value: id, label: title }))}
            />
            <FilterSelect
              name="cause"
              label={t("runs.cause")}
              value={which.cause}
              any={t("runs.anyCause")}
              options={runErrorKinds.map((kind) => ({ value: kind, label: t(`runs:runError.${kind}.title`) }))}
            />
          </>
        ),
      }}
      plan={plan}
      tone="primary"
      icon={<RotateCcw aria-hidden />}
      button={t("bulk.replay.button", { count: Math.min(plan.found, AT_ONCE) })}
      counted={t("bulk.count")}
      needsProviders
      empty={<EmptyState icon={MailCheck} title={t(filtered ? "deadLetters.noneFound" : "deadLetters.emptyTitle")} />}
    />
  );
}
