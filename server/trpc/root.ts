import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { Ctx } from "#server/ctx.ts";
import { type CallCtx, createCallerFactory, router } from "./init.ts";
import { describeProcedures, type ObjectSchema } from "./rest.ts";
import { actions } from "./routers/actions.ts";
import { agency } from "./routers/agency.ts";
import { audit } from "./routers/audit.ts";
import { clients } from "./routers/clients.ts";
import { connections } from "./routers/connections.ts";
import { credentials } from "./routers/credentials.ts";
import { crm } from "./routers/crm.ts";
import { custody } from "./routers/custody.ts";
import { deadLetters } from "./routers/dead-letters.ts";
import { flow } from "./routers/flow.ts";
import { health } from "./routers/health.ts";
import { incidents } from "./routers/incidents.ts";
import { integrations } from "./routers/integrations.ts";
import { learning } from "./routers/learning.ts";
import { lift } from "./routers/lift.ts";
import { mails } from "./routers/mails.ts";
import { me } from "./routers/me.ts";
import { notices } from "./routers/notices.ts";
import { outlook } from "./routers/outlook.ts";
import { overview } from "./routers/overview.ts";
import { policies } from "./routers/policies.ts";
import { referrals } from "./routers/referrals.ts";
import { rehearsals } from "./routers/rehearsals.ts";
import { renewals } from "./routers/renewals.ts";
import { requests } from "./routers/requests.ts";
import { reveals } from "./routers/reveals.ts";
import { runs } from "./routers/runs.ts";
import { scripts } from "./routers/scripts.ts";
import { signIn } from "./routers/sign-in.ts";
import { supply } from "./routers/supply.ts";
import { syncs } from "./routers/syncs.ts";
import { team } from "./routers/team.ts";
import { webhooks } from "./routers/webhooks.ts";

export const appRouter = router({
  agency,
  actions,
  policies,
  lift,
  learning,
  rehearsals,
  outlook,
  crm,
  referrals,
  flow,
  syncs,
  signIn,
  me,
  mails,
  supply,
  team,
  connections,
  credentials,
  reveals,
  custody,
  clients,
  health,
  incidents,
  integrations,
  audit,
  notices,
  overview,
  deadLetters,
  runs,
  renewals,
  requests,
  scripts,
  webhooks,
});

export type AppRouter = typeof appRouter;
export type Inputs = inferRouterInputs<AppRouter>;
export type Outputs = inferRouterOutputs<AppRouter>;

/** Calls procedures in-process, with their checks: what loaders and actions use. */
export const createCaller = createCallerFactory(appRouter);
export type Caller = ReturnType<typeof createCaller>;

let fields: ReadonlyMap<string, ObjectSchema> | undefined;

/**
 * The context of a call from outside (REST, and the tRPC of browsers), where a field that no procedure knows is refused by its
 * name. Pages call with types that say the same.
 */
export const fromOutside = (ctx: Ctx): CallCtx => ({
  ...ctx,
  fieldsOf: (procedure) => {
    fields ??= new Map(describeProcedures(appRouter._def.procedures).map(({ name, input }) => [name, input]));
    return fields.get(procedure);
  },
});
