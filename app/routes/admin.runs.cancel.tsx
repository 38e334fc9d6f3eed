import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { CircleCheck, CircleX } from "lucide-react";
import { AT_ONCE, BulkPage } from "#app/components/admin/bulk-page.tsx";
import { ClientFilter } from "#app/components/admin/client-filter.tsx";
import { FilterSelect } from "#app/components/find/filter-select.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { choiceOf, filtersOf } from "#app/filters.ts";
import { formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { pickClient } from "#app/portal/pick-client.ts";
import { useAdmin } from "#app/portal/use-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("operations", "runs", "admin");

const OPEN = ["queued", "running"] as const;

export const meta = titleMeta;

async function asked(args: LoaderFunctionArgs | ActionFunctionArgs) {
  const { job, provider, status } = filtersOf(args.request, ["job", "provider", "status"]);
  const picked = await pickClient(args);
  return { picked, which: { tenantId: picked.id, job, provider, status: choiceOf(status, OPEN) } };
}

/** What would be cancelled: nothing is until the button is pressed. */
export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const { picked, which } = await asked(args);
  const [plan, { providers }] = await Promise.all([api.runs.cancellable(which), api.runs.all({ limit: 1 })]);
  return { title: titleOf(wordsIn(locale)("operations:bulk.cancel.title")), picked, which, plan, providers };
}

/** Cancels the open runs that the address means, some at a time. */
export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const form = await args.request.formData();
  const t = wordsIn(locale);
  try {
    const { which } = await asked(args);
    const { cancelled, left } = await api.runs.cancelAll({ ...which, until: String(form.get("until") || "") || undefined });
    const done = t("operations:bulk.cancel.done", { count: cancelled });
    toast({ kind: cancelled > 0 ? "success" : "info", message: left > 0 ? `${done} ${t("operations:bulk.left", { count: left })}` : done });
  } catch (error) {
    return formFailure(error, args, form);
  }
  const { pathname, search } = new URL(args.request.url);
  return redirect(`${pathname}${search}`);
}

export default function CancelRuns() {
  const t = useWords();
  const { picked, which, plan, providers } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { jobs } = useAdmin();
  return (
    <BulkPage
      of={{ label: t("runs.title"), to: "/admin/runs" }}
      title={t("bulk.cancel.title")}
      description={t("bulk.cancel.description")}
      failure={failure}
      filters={{
        active: Object.values(which).some(Boolean),
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
              name="provider"
              label={t("runs.provider")}
              value={which.provider}
              any={t("runs.anyProvider")}
              options={providers.map(({ id, name }) => ({ value: id, label: name }))}
            />
            <FilterSelect
              name="status"
              label={t("runs:runs.status")}
              value={which.status}
              any={t("bulk.cancel.openAny")}
              options={OPEN.map((status) => ({ value: status, label: t(`runs:status.${status}`) }))}
            />
          </>
        ),
      }}
      plan={plan}
      tone="danger"
      icon={<CircleX aria-hidden />}
      button={t("bulk.cancel.button", { count: Math.min(plan.found, AT_ONCE) })}
      counted={t("bulk.count")}
      empty={<EmptyState icon={CircleCheck} title={t("bulk.cancel.none")} />}
    />
  );
}
