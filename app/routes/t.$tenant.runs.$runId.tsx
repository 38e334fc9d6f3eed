import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { RotateCw } from "lucide-react";
import { MendLink } from "#app/components/calendar/mend-link.tsx";
import { RunCourse } from "#app/components/runs/run-course.tsx";
import { isMendedByConnecting, RunError } from "#app/components/runs/run-error.tsx";
import { RunIdentity } from "#app/components/runs/run-identity.tsx";
import { isLevel } from "#app/components/runs/run-logs.tsx";
import { isOpen } from "#app/components/runs/run-status.tsx";
import { useLive } from "#app/components/runs/use-live.ts";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("run", "runs");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const level = new URL(args.request.url).searchParams.get("level");
  return {
    title: titleOf(wordsIn(locale)("run:run.number"), tenant.name),
    run: await api.runs.get({ tenant: tenant.id, runId: String(args.params.runId) }),
    level: isLevel(level) ? level : null,
  };
}

/** Runs the same job once more and shows that run. */
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

export default function Run() {
  const t = useWords();
  const { run, level } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { tenant, base, jobTitle, may, jobs, reconnects } = useTenant();
  const open = isOpen(run.status);
  const title = jobTitle(run.job);
  const providers = jobs.find(({ id }) => id === run.job)?.providers ?? [];
  const only = providers.length === 1 ? providers[0] : undefined;
  const waits = reconnects.find(({ provider }) => providers.includes(provider.id));
  useLive(open, (api) => api.runs.get.query({ tenant: tenant.id, runId: run.id }));
  return (
    <>
      <PageHeader
        before={<Breadcrumbs items={[{ label: t("runs:runs.title"), to: `${base}/runs` }, { label: title }]} />}
        title={title}
        description={<RunIdentity run={run} />}
        actions={
          open ? (
            <Button asChild>
              <Link to="." preventScrollReset>
                <RotateCw aria-hidden />
                {t("run.reload")}
              </Link>
            </Button>
          ) : (
            may("runs:start") && (
              <Form method="post">
                <input type="hidden" name="job" value={run.job} />
                <SubmitButton variant={isMendedByConnecting(run.errorKind) ? "secondary" : "primary"}>
                  <RotateCw aria-hidden />
                  {t("run.again")}
                </SubmitButton>
              </Form>
            )
          )
        }
      />
      <FormMessage failure={failure} />
      {run.errorKind && (
        <RunError
          run={run}
          kind={run.errorKind}
          integrations={may("connections:write") ? `${base}/integrations${only ? `/${only}` : ""}` : undefined}
          mend={
            waits && <MendLink base={base} provider={waits.provider.id} connection={waits.id} by={waits.by} name={waits.account} primary />
          }
        />
      )}
      <RunCourse run={run} level={level} />
    </>
  );
}
