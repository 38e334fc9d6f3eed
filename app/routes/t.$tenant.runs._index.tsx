import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData, useSearchParams } from "@remix-run/react";
import { CirclePlay, SearchX } from "lucide-react";
import { RunFilter } from "#app/components/client/run-filter.tsx";
import { ScheduleTable } from "#app/components/client/schedule-table.tsx";
import { isOpen, STATUSES } from "#app/components/runs/run-status.tsx";
import { RunTable } from "#app/components/runs/run-table.tsx";
import { useLive } from "#app/components/runs/use-live.ts";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Pagination } from "#app/components/ui/pagination.tsx";
import { formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("runs");

export const meta = titleMeta;

const PAGE = 25;

/** The filter of the address; a status that there is not is none. */
function filterOf(request: Request) {
  const { searchParams } = new URL(request.url);
  const status = searchParams.get("status");
  return {
    job: searchParams.get("job")?.slice(0, 60) || undefined,
    status: STATUSES.find((each) => each === status),
    cursor: searchParams.get("cursor")?.slice(0, 60) || undefined,
  };
}

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const filter = filterOf(args.request);
  const [page, schedules] = await Promise.all([
    api.runs.list({ tenant: tenant.id, limit: PAGE, ...filter }),
    api.runs.schedules({ tenant: tenant.id }),
  ]);
  return { title: titleOf(wordsIn(locale)("runs:runs.title"), tenant.name), page, schedules, filter };
}

/** Starts a job now and shows its run. */
export async function action({ request, context, params }: ActionFunctionArgs) {
  const form = await request.formData();
  const tenant = String(params.tenant);
  try {
    const run = await context.api.runs.start({ tenant, job: String(form.get("job")) });
    return redirect(`/t/${tenant}/runs/${run.id}`);
  } catch (error) {
    return formFailure(error, { request, context }, form);
  }
}

export default function Runs() {
  const t = useWords();
  const { page, schedules, filter } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { tenant, base, jobTitle } = useTenant();
  const [search] = useSearchParams();
  const filtered = Boolean(filter.job ?? filter.status);
  useLive(
    page.items.some(({ status }) => isOpen(status)),
    (api) => api.runs.list.query({ tenant: tenant.id, limit: PAGE, ...filter }),
  );
  const pageAt = (cursor: string) => {
    const next = new URLSearchParams(search);
    next.set("cursor", cursor);
    return `?${next}`;
  };
  return (
    <>
      <PageHeader title={t("runs.title")} description={t("runs.description")} />
      <FormMessage failure={failure} />
      <Section title={t("runs.schedule")} description={t("runs.scheduleDescription")}>
        <ScheduleTable schedules={schedules} />
      </Section>
      <Section title={t("runs.history")}>
        <RunFilter job={filter.job} status={filter.status} />
        <Card padding="none">
          <RunTable
            base={`${base}/runs`}
            caption={t("runs.history")}
            runs={page.items.map((run) => ({ ...run, title: jobTitle(run.job) }))}
            empty={
              filtered || filter.cursor ? (
                <EmptyState
                  icon={SearchX}
                  title={t("runs.noneFound")}
                  action={
                    <Button asChild>
                      <Link to=".">{t("runs.clear")}</Link>
                    </Button>
                  }
                >
                  {t("runs.noneFoundBody")}
                </EmptyState>
              ) : (
                <EmptyState icon={CirclePlay} title={t("runs.emptyTitle")}>
                  {t("runs.emptyBody")}
                </EmptyState>
              )
            }
          />
          {page.items.length > 0 && (
            <Pagination
              nextTo={page.next ? pageAt(page.next) : undefined}
              summary={
                <span className="flex flex-wrap gap-x-3">
                  <span role="status">{t("runs.shown", { count: page.items.length })}</span>
                  {filter.cursor && (
                    <Link to={backToStart(search)} className="link">
                      {t("runs.newest")}
                    </Link>
                  )}
                </span>
              }
            />
          )}
        </Card>
      </Section>
    </>
  );
}

function backToStart(search: URLSearchParams): string {
  const rest = new URLSearchParams(search);
  rest.delete("cursor");
  return `?${rest}`;
}
