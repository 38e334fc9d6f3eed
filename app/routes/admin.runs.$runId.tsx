import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { CircleX, RotateCw } from "lucide-react";
import { RunProblem } from "#app/components/admin/run-problem.tsx";
import { RunCourse } from "#app/components/runs/run-course.tsx";
import { RunIdentity } from "#app/components/runs/run-identity.tsx";
import { isLevel } from "#app/components/runs/run-logs.tsx";
import { isOpen } from "#app/components/runs/run-status.tsx";
import { useLive } from "#app/components/runs/use-live.ts";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { formFailure } from "#app/form-errors.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { useAdmin } from "#app/portal/use-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("run", "operations");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const level = new URL(args.request.url).searchParams.get("level");
  const run = await api.scripts.status({ runId: String(args.params.runId) });
  return { title: titleOf(wordsIn(locale)("run:run.number"), run.tenantName), run, level: isLevel(level) ? level : null };
}

/** Runs the same job for the same client once more and shows that run; `intent` `cancel`: ends this one. */
export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const form = await args.request.formData();
  try {
    const { id: runId, tenantId, job } = await api.scripts.status({ runId: String(args.params.runId) });
    if (form.get("intent") === "cancel") {
      const { cancelled } = await api.runs.cancel({ tenant: tenantId, runId });
      const message = wordsIn(locale)(cancelled ? "operations:run.cancelled" : "operations:run.endedBefore");
      toast({ kind: cancelled ? "success" : "info", message });
      return redirect(`/admin/runs/${runId}`);
    }
    const { id } = await api.scripts.run({ tenant: tenantId, job });
    return redirect(`/admin/runs/${id}`);
  } catch (error) {
    return formFailure(error, args, form);
  }
}

export default function Run() {
  const t = useWords();
  const { run, level } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { titleOfJob } = useAdmin();
  const title = titleOfJob(run.job);
  const open = isOpen(run.status);
  useLive(open, (api) => api.scripts.status.query({ runId: run.id }));
  return (
    <>
      <PageHeader
        before={
          <Breadcrumbs
            items={[
              { label: t("operations:runs.title"), to: "/admin/runs" },
              { label: run.tenantName, to: `/admin/clients/${run.tenantId}` },
              { label: title },
            ]}
          />
        }
        title={title}
        description={<RunIdentity run={run} />}
        actions={
          open ? (
            <>
              <ConfirmButton
                title={t("operations:run.cancelTitle")}
                description={t("operations:run.cancelBody")}
                confirmLabel={t("operations:run.cancel")}
                fields={{ intent: "cancel" }}
              >
                <CircleX aria-hidden />
                {t("operations:run.cancel")}
              </ConfirmButton>
              <Button asChild>
                <Link to="." preventScrollReset>
                  <RotateCw aria-hidden />
                  {t("run.reload")}
                </Link>
              </Button>
            </>
          ) : (
            <Form method="post">
              <SubmitButton>
                <RotateCw aria-hidden />
                {t("run.again")}
              </SubmitButton>
            </Form>
          )
        }
      />
      <FormMessage failure={failure} />
      <RunProblem run={run} />
      <RunCourse run={run} level={level} />
    </>
  );
}
