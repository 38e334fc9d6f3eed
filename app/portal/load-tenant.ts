import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { send } from "#app/sent.ts";
import { titleOf } from "#app/title.ts";
import { enterTenant } from "./enter-tenant.ts";

/** What all pages of one client's portal know. */
export async function loadTenant(args: LoaderFunctionArgs) {
  const { me, tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const [notices, jobs, toApprove] = await Promise.all([
    api.connections.notices({ tenant: tenant.id }),
    api.runs.jobs(),
    api.actions.waitingCount({ tenant: tenant.id }),
  ]);
  return {
    title: titleOf(tenant.name),
    portal: send({
      me,
      tenant,
      jobs: jobs.map(({ id, title, providers }) => ({ id, title: title[locale], providers })),
      toApprove,
      ...notices,
    }),
  };
}
