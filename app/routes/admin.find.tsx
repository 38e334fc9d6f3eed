import { type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { Search, SearchX } from "lucide-react";
import { FindForm } from "#app/components/admin/find-form.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("admin");

export const meta = titleMeta;

type Trace = Outputs["health"]["find"][number];

/** What an id leads to: its page where it is one thing's, else all that a request left. */
export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const id = new URL(args.request.url).searchParams.get("id")?.trim().slice(0, 200) ?? "";
  const traces = id ? await api.health.find({ id }) : [];
  const [only, ...others] = traces;
  if (only && others.length === 0 && only.kind !== "audit") throw redirect(pageOf(only));
  return { title: titleOf(wordsIn(locale)("admin:find.title")), id, traces };
}

/** Where a trace is looked at. An audit line has no page of its own: its client's log, or the agency's. */
function pageOf({ kind, id, tenantId }: Trace): string {
  switch (kind) {
    case "client":
      return `/admin/clients/${id}`;
    case "run":
      return `/admin/runs/${id}`;
    case "connection":
      return `/admin/clients/${tenantId}`;
    case "delivery":
      return `/admin/webhooks/${id}`;
    case "deletion":
      return `/admin/deletions/${id}`;
    case "dead_letter":
      return `/admin/dead-letters?${new URLSearchParams(tenantId ? { client: tenantId } : {})}`;
    case "person":
      return `/admin/audit?${new URLSearchParams({ actor: id })}`;
    case "incident":
      return "/admin/incidents";
    case "audit":
      return `/admin/audit?${new URLSearchParams(tenantId ? { client: tenantId } : {})}`;
    default:
      return kind satisfies never;
  }
}

export default function Find() {
  const t = useWords();
  const { id, traces } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeader title={t("find.title")} description={id && <code className="font-mono text-xs break-all">{id}</code>} />
      <FindForm id={id} className="mb-6 sm:hidden" />
      {traces.length === 0 ? (
        <EmptyState icon={id ? SearchX : Search} title={t(id ? "find.none" : "find.placeholder")}>
          {t(id.startsWith("req_") ? "find.noneRequest" : "find.noneId")}
        </EmptyState>
      ) : (
        <Card padding="none">
          <ul className="divide-y divide-line">
            {traces.map((trace) => (
              <li key={trace.kind + trace.id} className="grid gap-x-4 gap-y-1 px-4 py-3 text-sm sm:grid-cols-[8rem_minmax(0,1fr)_auto]">
                <span className="text-ink-faint">{t(`find.kinds.${trace.kind}`)}</span>
                <Link to={pageOf(trace)} className="min-w-0 text-accent underline-offset-4 hover:underline">
                  <bdi className="break-all">{trace.about ?? trace.id}</bdi>
                  {trace.tenantId && <span className="text-ink-muted"> · {trace.tenantId}</span>}
                </Link>
                {trace.at !== null && <Time at={trace.at} />}
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}
