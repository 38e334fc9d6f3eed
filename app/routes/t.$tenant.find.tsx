import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { figuresPath } from "#app/components/client/figures-path.ts";
import { FindPage } from "#app/components/find/find-page.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant, type Me, type Membership } from "#app/portal/enter-tenant.ts";
import { askedOf, type Found, narrow, ownActions } from "#app/portal/find.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import { viewIn } from "#app/view.ts";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("find");

export const meta = titleMeta;

/** An id of a run, wherever it stands in what was pasted. */
const runId = /run_[0-9a-v]{26}(?![0-9a-z])/;

/** The pages, connections and actions that this person has in this workspace, and a run by its id: of the page, and of the palette. */
export async function loader(args: LoaderFunctionArgs) {
  const { me, tenant } = await enterTenant(args);
  const { api, locale, theme, describe } = args.context;
  const { text } = askedOf(args.request);
  const t = wordsIn(locale);
  const [integrations, { sensors }] = await Promise.all([
    api.connections.list({ tenant: tenant.id }),
    api.overview.get({ tenant: tenant.id, locale }),
  ]);
  const base = `/t/${tenant.id}`;
  const connections = integrations.flatMap(({ provider, name, connections: accounts }) =>
    accounts.map((account) => ({ label: account.name, detail: name, to: `${base}/integrations/${provider}` })),
  );
  const connects = tenant.may.includes("connections:write")
    ? integrations
        .filter(({ state, configured, keyForm }) => state === "not_connected" && (configured || keyForm))
        .map(({ provider, name }) => ({ label: t("find:actions.connect", { provider: name }), to: `${base}/integrations/${provider}` }))
    : [];
  const [id] = runId.exec(text.toLowerCase()) ?? [];
  return {
    title: titleOf(t("find:title"), tenant.name),
    text,
    groups: [
      ...narrow(
        [
          { kind: "pages", items: pagesOf(t, me, tenant) },
          { kind: "connections", items: connections },
          { kind: "metrics", items: sensors.flatMap((sensor) => metricsOf(base, sensor)) },
          { kind: "actions", items: [...actionsOf(t, me, tenant), ...ownActions(t, { locale, theme }), ...connects] },
        ],
        text,
      ),
      ...(id ? [{ kind: "ids" as const, items: await runOf(id) }] : []),
    ],
  };

  async function runOf(run: string): Promise<Found[]> {
    try {
      const { job } = await api.runs.get({ tenant: tenant.id, runId: run });
      const jobs = await api.runs.jobs();
      return [{ label: jobs.find((each) => each.id === job)?.title[locale] ?? job, detail: run, to: `${base}/runs/${run}` }];
    } catch (error) {
      if (describe(error).kind === "not_found") return [];
      throw error;
    }
  }
}

type T = ReturnType<typeof wordsIn>;

function pagesOf(t: T, { viewingUntil }: Me, { id, may }: Membership): Found[] {
  // Who only looks at a client has no page of their own in it.
  const own = viewingUntil === null;
  const base = `/t/${id}`;
  const settings = t("settings:settings.title");
  return [
    { label: t("client:nav.overview"), to: base },
    { label: t("client:nav.integrations"), to: `${base}/integrations` },
    { label: t("calendar:calendar.title"), to: `${base}/integrations/calendar` },
    { label: t("client:nav.approvals"), to: `${base}/approvals` },
    { label: t("client:nav.automations"), to: `${base}/automations` },
    { label: t("client:nav.runs"), to: `${base}/runs` },
    { label: t("notifications:title"), to: `${base}/notices` },
    ...(own ? [{ label: t("settings:settings.profile"), detail: settings, to: `${base}/settings` }] : []),
    { label: t("settings:settings.workspace"), detail: settings, to: `${base}/settings/workspace` },
    { label: t("settings:settings.sensors"), detail: settings, to: `${base}/settings/sensors` },
    { label: t("settings:settings.team"), detail: settings, to: `${base}/settings/team` },
    ...(own
      ? [
          { label: t("find:notices"), detail: settings, to: `${base}/settings/notices` },
          { label: t("settings:settings.sessions"), detail: settings, to: `${base}/settings/sessions` },
        ]
      : []),
    ...(may.includes("data:export") ? [{ label: t("settings:settings.data"), detail: settings, to: `${base}/settings/data` }] : []),
    ...(may.includes("audit:read") ? [{ label: t("settings:settings.audit"), detail: settings, to: `${base}/settings/audit` }] : []),
  ];
}

/** What a sensor measured: all of it on its page, and each metric drawn large on the overview. */
function metricsOf(base: string, { id, title, tiles }: Outputs["overview"]["get"]["sensors"][number]): Found[] {
  const measured = tiles.filter(({ unit, value }) => unit !== "status" && value !== null);
  if (measured.length === 0) return [];
  return [
    { label: title, to: figuresPath(base, id, viewIn(new URLSearchParams())) },
    ...measured.map(({ key, label }) => ({
      label,
      detail: title,
      to: `${base}?${new URLSearchParams({ metric: `${id}.${key}` })}#chart`,
    })),
  ];
}

function actionsOf(t: T, { staff, tenants }: Me, { id, may }: Membership): Found[] {
  const base = `/t/${id}`;
  return [
    ...(may.includes("team:write") ? [{ label: t("find:actions.invite"), to: `${base}/settings/team` }] : []),
    ...(may.includes("data:export") ? [{ label: t("find:actions.export"), to: `${base}/settings/data` }] : []),
    ...(staff ? [{ label: t("client:nav.admin"), to: "/admin" }] : []),
    ...tenants
      .filter((other) => other.id !== id)
      .map((other) => ({
        label: t("find:actions.switchTo", { workspace: other.name }),
        post: "/switch" as const,
        fields: { tenantId: other.id },
      })),
  ];
}

export default function Find() {
  const t = useWords();
  const { text, groups } = useLoaderData<typeof loader>();
  return (
    <FindPage name="q" text={text} groups={groups} placeholder={t("placeholder")}>
      {t("noneBody")}
    </FindPage>
  );
}
