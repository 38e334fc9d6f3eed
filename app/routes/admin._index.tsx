import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { CircleCheck } from "lucide-react";
import { ProblemList } from "#app/components/admin/problem-list.tsx";
import { CAUSES } from "#app/components/admin/problems.ts";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { formFailure } from "#app/form-errors.ts";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("today");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  return { title: titleOf(wordsIn(locale)("today:title")), ...(await api.health.today()) };
}

/** What mends a problem: `replay` dead letters, `remind` a client's people, `run` a job again, `renew` a connection. */
export async function action(args: ActionFunctionArgs) {
  const form = await args.request.formData();
  const { toast } = enterAdmin(args);
  const intent = String(form.get("intent"));
  try {
    toast(await (intent === "replay" ? replay : intent === "remind" ? remind : intent === "renew" ? renew : run)(args, form));
  } catch (error) {
    return formFailure(error, args, form);
  }
  return redirect(new URL(args.request.url).pathname);
}

async function replay({ context: { api, locale } }: ActionFunctionArgs, form: FormData) {
  const job = form.get("job");
  const { replayed, left } = await api.deadLetters.replayAll({
    cause: String(form.get("cause")),
    ...(job !== null && { job: String(job) }),
  });
  const t = wordsIn(locale);
  if (replayed === 0) return { kind: "info", message: t("today:letters.none") } as const;
  if (left > 0) return { kind: "info", message: t("today:letters.some", { replayed, left }) } as const;
  return { kind: "success", message: t("today:letters.done", { count: replayed }) } as const;
}

async function remind({ context: { api, locale } }: ActionFunctionArgs, form: FormData) {
  const { readers, sent } = await api.health.remind({ tenant: String(form.get("tenant")) });
  const t = wordsIn(locale);
  const client = String(form.get("client"));
  if (readers === 0) return { kind: "error", message: t("today:reconnect.nobody", { client }) } as const;
  if (sent === 0) return { kind: "info", message: t("today:reconnect.before", { client }) } as const;
  return { kind: "success", message: t("today:reconnect.done", { client }) } as const;
}

async function run({ context: { api, locale } }: ActionFunctionArgs, form: FormData) {
  const id = String(form.get("job"));
  await api.scripts.run({ tenant: String(form.get("tenant")), job: id });
  const job = (await api.runs.jobs()).find((each) => each.id === id)?.title[locale] ?? id;
  return { kind: "success", message: wordsIn(locale)("today:failing.done", { job, client: String(form.get("client")) }) } as const;
}

async function renew({ context: { api, locale } }: ActionFunctionArgs, form: FormData) {
  const { outcome } = await api.renewals.now({ tenant: String(form.get("tenant")), connectionId: String(form.get("connection")) });
  const t = wordsIn(locale);
  const account = String(form.get("account"));
  if (outcome === "renewed") return { kind: "success", message: t("today:renewal.done", { account }) } as const;
  return { kind: "error", message: t("today:renewal.failed", { account }) } as const;
}

/** Where an admin's day begins: what is wrong, the worst first, each with what mends it. */
export default function Today() {
  const t = useWords();
  const { locale } = useDisplay();
  const { problems, retrying, cut } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const groups = CAUSES.map((cause) => ({ cause, problems: problems.filter((problem) => problem.cause === cause) }));
  const well = groups.filter((group) => group.problems.length === 0).map(({ cause }) => t(`causes.${cause}.well`));
  return (
    <>
      <PageHeader title={t("title")} description={problems.length > 0 && t("problems", { count: problems.length })} />
      <div className="mb-4 empty:hidden">
        <FormMessage failure={failure} />
      </div>
      {problems.length === 0 ? (
        <Card>
          <EmptyState icon={CircleCheck} title={t("clearTitle")}>
            {t("clearBody")}
            {retrying > 0 && <Retrying count={retrying} />}
          </EmptyState>
        </Card>
      ) : (
        <div className="grid gap-4">
          {groups.map((group) => group.problems.length > 0 && <ProblemList key={group.cause} {...group} />)}
          {well.length > 0 && (
            <p className="flex items-start gap-2 px-1 text-[0.8125rem] text-ink-muted">
              <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
              <span>
                {t("healthy")} {new Intl.ListFormat(locale).format(well)}
              </span>
            </p>
          )}
          {retrying > 0 && <Retrying count={retrying} />}
          {cut && <p className="px-1 text-[0.8125rem] text-ink-faint">{t("cut")}</p>}
        </div>
      )}
    </>
  );
}

/** No problem so far: they are tried again by themselves. */
function Retrying({ count }: { count: number }) {
  const t = useWords();
  return (
    <p className="px-1 text-[0.8125rem] text-ink-muted">
      <Link to="/admin/runs?status=queued" className="link">
        {t("retrying", { count })}
      </Link>
    </p>
  );
}
