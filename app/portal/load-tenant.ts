import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { titleOf } from "#app/title.ts";
import { enterTenant } from "./enter-tenant.ts";

/** What all pages of one client's portal know. */
export async function loadTenant(args: LoaderFunctionArgs) {
  const { me, tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const [integrations, jobs] = await Promise.all([api.connections.list({ tenant: tenant.id }), api.runs.jobs()]);
  return {
    title: titleOf(tenant.name),
    me,
    tenant,
    jobs: jobs.map(({ id, title, providers }) => ({ id, title: title[locale], providers })),
    providers: integrations.map(({ provider: id, name }) => ({ id, name })),
    incidents: integrations.flatMap(({ provider: id, name, incident, connections }) =>
      incident === null || connections.length === 0
        ? []
        : [{ provider: { id, name }, kind: incident.kind, asOf: latest(connections.map(({ lastSuccessAt }) => lastSuccessAt)) }],
    ),
    cliffs: integrations.flatMap(({ provider: id, name, connections }) =>
      connections.flatMap(({ cliff, ...connection }) =>
        cliff === null
          ? []
          : [
              {
                ...cliff,
                id: connection.id,
                account: connection.name,
                provider: { id, name },
                by: connection.kind,
                since: connection.connectedAt,
              },
            ],
      ),
    ),
    changes: integrations.flatMap(({ provider: id, name, connections }) =>
      connections.flatMap(({ changed, ...connection }) =>
        changed === null ? [] : [{ ...changed, id: connection.id, account: connection.name, provider: { id, name } }],
      ),
    ),
    reconnects: integrations.flatMap(({ provider: id, name, connections }) =>
      connections
        .filter(({ status }) => status === "reconnect_needed")
        .map((connection) => ({ id: connection.id, account: connection.name, provider: { id, name } })),
    ),
  };
}

const latest = (times: readonly (number | null)[]) => times.reduce((last, at) => (at !== null && at > (last ?? 0) ? at : last), null);
