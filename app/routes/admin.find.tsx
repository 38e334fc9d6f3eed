import { type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { FindPage } from "#app/components/find/find-page.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { askedOf, type Found, narrow, ownActions } from "#app/portal/find.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("find");

export const meta = titleMeta;

type Trace = Outputs["health"]["find"][number];

/** Of a longer list nobody reads the end; the page of clients has all. */
const mostClients = 8;

/**
 * Clients by a part of their name, what an id leads to, and the pages and actions of the admin portal: of the page, and of the palette.
 * An id that was sent and is one thing's alone leads to its page.
 */
export async function loader(args: LoaderFunctionArgs) {
  const { api, locale, theme } = enterAdmin(args);
  const { text, sent } = askedOf(args.request);
  const t = wordsIn(locale);
  const [traces, clients, me, waitingRequests] = await Promise.all([
    text ? api.health.find({ id: text }) : [],
    text ? api.clients.list({ search: text.slice(0, 80), limit: mostClients }) : null,
    api.me.get(),
    api.requests.waiting(),
  ]);
  const [only, ...others] = traces;
  if (sent && only && others.length === 0 && only.kind !== "audit") throw redirect(pageOf(only));
  const ids = traces.filter(({ kind, id }) => kind !== "client" || !clients?.items.some((client) => client.id === id));
  return {
    title: titleOf(t("find:title"), t("admin:title")),
    text,
    groups: [
      ...narrow(
        [
          { kind: "pages", items: pagesOf(t, waitingRequests !== null) },
          { kind: "actions", items: [...actionsOf(t, me.tenants[0]), ...ownActions(t, { locale, theme })] },
        ],
        text,
      ),
      ...(clients?.items.length
        ? [
            {
              kind: "clients" as const,
              items: clients.items.map(({ id, name }) => ({ label: name, detail: id, to: `/admin/clients/${id}` })),
            },
          ]
        : []),
      ...(ids.length > 0 ? [{ kind: "ids" as const, items: ids.map((trace) => foundOf(t, trace)) }] : []),
    ],
  };
}

type T = ReturnType<typeof wordsIn>;

function foundOf(t: T, trace: Trace): Found {
  const { kind, id, about, tenantId } = trace;
  return { label: `${t(`admin:find.kinds.${kind}`)}: ${about ?? id}`, ...(tenantId && { detail: tenantId }), to: pageOf(trace) };
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
    case "action":
      return `/admin/clients/${tenantId}/approvals/${id}`;
    case "flow_call":
      return `/admin/clients/${tenantId}/automations/shopify-flow-bridge/flow`;
    case "deletion":
      return `/admin/deletions/${id}`;
    case "dead_letter":
      return `/admin/dead-letters?${new URLSearchParams(tenantId ? { client: tenantId } : {})}`;
    case "person":
      return `/admin/audit?${new URLSearchParams({ actor: id })}`;
    case "incident":
      return `/admin/incidents/${id}`;
    case "audit":
      return `/admin/audit?${new URLSearchParams(tenantId ? { client: tenantId } : {})}`;
    default:
      return kind satisfies never;
  }
}

const PAGES = {
  today: "/admin",
  clients: "/admin/clients",
  approvals: "/admin/approvals",
  learning: "/admin/learning",
  runs: "/admin/runs",
  incidents: "/admin/incidents",
  load: "/admin/load",
  renewals: "/admin/renewals",
  calendar: "/admin/calendar",
  credentials: "/admin/credentials",
  reveals: "/admin/reveals",
  webhooks: "/admin/webhooks",
  deadLetters: "/admin/dead-letters",
  mails: "/admin/mails",
  agency: "/admin/agency",
  audit: "/admin/audit",
  deletions: "/admin/deletions",
  api: "/docs/api",
  design: "/admin/design",
} as const;

/** `requests`: whether people may ask for a workspace here. */
const pagesOf = (t: T, requests: boolean): Found[] => [
  ...(Object.keys(PAGES) as (keyof typeof PAGES)[]).map((page) => ({ label: t(`admin:nav.${page}`), to: PAGES[page] })),
  ...(requests ? [{ label: t("admin:nav.requests"), to: "/admin/requests" }] : []),
  { label: t("notifications:title"), to: "/admin/notices" },
  { label: t("find:notices"), to: "/admin/notices/settings" },
];

const actionsOf = (t: T, portal: { id: string } | undefined): Found[] => [
  { label: t("find:actions.newClient"), to: "/admin/new-client" },
  ...(portal ? [{ label: t("admin:nav.portal"), to: `/t/${portal.id}` }] : []),
];

export default function Find() {
  const t = useWords();
  const { text, groups } = useLoaderData<typeof loader>();
  return (
    <FindPage name="id" text={text} groups={groups} placeholder={t("placeholderAdmin")}>
      {t(text.startsWith("req_") ? "noneRequest" : "noneId")}
    </FindPage>
  );
}
