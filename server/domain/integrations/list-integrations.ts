import { inArray } from "drizzle-orm";
import { secrets } from "#db/schema/index.ts";
import type { AccountChange, ChosenResource, CliffKind, ConnectionKind, ConnectionStatus, ProbeResult } from "#db/words/connections.ts";
import type { IncidentKind } from "#db/words/incidents.ts";
import type { Saying, Text } from "#db/words/locales.ts";
import type { Job } from "#server/catalog/job.ts";
import { requiredScopes } from "#server/catalog/job.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { grantsAll, type Provider } from "#server/catalog/provider.ts";
import { providers } from "#server/catalog/providers/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { type KeyFormField, keyFormOf } from "#server/domain/connecting/key-form.ts";
import { approved } from "#server/domain/connections/approved.ts";
import { chooseAccount, inOrder } from "#server/domain/connections/choose-account.ts";
import { type ConnectionHealth, healthOf, isWell } from "#server/domain/connections/health-of.ts";
import { listLent } from "#server/domain/connections/lent-accounts.ts";
import { connectionsQuery } from "#server/domain/connections/list-connections.ts";
import { ofConnection } from "#server/domain/connections/of-connection.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { type WaitingJob, waitingJobs } from "#server/domain/connections/waiting-jobs.ts";
import { type OwnWebhook, ownWebhookOf, webhookFields } from "#server/domain/connections/webhook-secret.ts";
import { openIncidents } from "#server/domain/incidents/open-incidents.ts";
import { proposeConnections } from "#server/domain/schedules/propose-connections.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { jobsOn } from "#server/domain/tenancy/jobs-on.ts";
import { describeOwed, type OwedAccess, owedQuery } from "#server/domain/tokens/list-owed.ts";
import { isConfigured } from "#server/domain/wire/provider-endpoints.ts";

/** A provider as the integrations page shows it. Times in milliseconds since 1970. */
export interface Integration {
  provider: string;
  name: string;
  description: Text;
  /** Whether we have a client id and secret there. */
  configured: boolean;
  /** Whether the shop's address must be given before connecting. */
  needsShop: boolean;
  state: "connected" | "reconnect_needed" | "not_connected";
  scopeSets: { id: string; title: Text; default: boolean }[];
  /** Whether one can sign in there (OAuth). */
  signsIn: boolean;
  /** The form that connects by a key; null where there is none. */
  keyForm: KeyFormField[] | null;
  /** It fails for many clients now; null where it does not. Nobody has anything to do for it. */
  incident: { kind: IncidentKind; openedAt: number } | null;
  /** Active and waiting ones; those that were disconnected come back when the same account is connected again. */
  connections: IntegratedAccount[];
  /** The account that the agency lends there, and the jobs that read it; null where it lends none. */
  lent: { account: string; jobs: { id: string; title: Text }[] } | null;
  /** Access of accounts that ended, which the provider has not ended yet or never will by itself. */
  owed: OwedAccess[];
  /** The jobs that need this provider. */
  jobs: { id: string; title: Text }[];
  /** What its accounts are read for, also by what is paused now: figures before all else; null where nothing reads them. */
  feeds: "metrics" | "automations" | null;
  /** What an account of it would add; null where it is not among the few that this client gains most from, or is there. */
  proposed: Text[] | null;
}

export interface IntegratedAccount {
  id: string;
  name: string;
  kind: ConnectionKind;
  /** What was typed into its key form, without the secrets. */
  fields: Record<string, string>;
  status: Exclude<ConnectionStatus, "disconnected">;
  statusReason: Saying | null;
  /** How it is by what was last seen, since when, and what that means. */
  health: ConnectionHealth;
  /** The jobs that do not run because of it, and why. */
  holdsUp: WaitingJob[];
  scopes: { asked: string[]; granted: string[]; missing: string[] };
  sets: { id: string; asked: boolean; granted: boolean }[];
  /** Jobs that no account serves, each with the permissions that this one lacks and the sets that hold them. */
  waiting: { id: string; title: Text; missing: string[]; sets: string[] }[];
  /** Jobs that read this account: of several at one provider the first in the client's order that gives what they need. */
  reads: { id: string; title: Text }[];
  /** Jobs that read less of it than they could, and what is missing. */
  reduced: { id: string; title: Text; words: Text }[];
  /** Whether it is the first in that order. */
  preferred: boolean;
  /** The kinds of things under it that it may list. `needed`: a job cannot run without a choice. */
  choices: { kind: string; title: Text; choose: Text; many: boolean; needed: boolean; chosen: ChosenResource[] }[];
  connectedAt: number;
  accessExpiresAt: number | null;
  refreshExpiresAt: number | null;
  /** The last change of its currency or time zone that we noticed. */
  changed: AccountChange | null;
  /** What ends although it is renewed, and only this client's people mend. */
  cliff: { at: number; kind: CliffKind } | null;
  /** When this key ends, since a sign-in of the same account took its place. */
  endsAt: number | null;
  lastRefreshAt: number | null;
  lastSuccessAt: number | null;
  probedAt: number | null;
  probeResult: ProbeResult | null;
  /** The webhook of its own; null where all events of the provider are signed with our app's secret. */
  webhook: OwnWebhook | null;
}

/** All providers that can be connected, each with this tenant's accounts. Nothing in it opens anything. */
export async function listIntegrations(ctx: TenantCtx): Promise<Integration[]> {
  const [[rows, owed, hooks], incidents, lent] = await Promise.all([
    ctx.db.batch([connectionsQuery(ctx), owedQuery(ctx), webhookSecretsQuery(ctx)]),
    openIncidents(ctx),
    listLent(ctx),
  ]);
  const readable = [...rows, ...lent];
  const now = ctx.now();
  const jobs = jobsOn(ctx.tenant);
  const holdsUp = waitingJobs(readable, now, jobs);
  const served = new Set(
    jobs.filter((job) => job.needs.every((need) => "account" in chooseAccount(job, need.provider, readable))).map(({ id }) => id),
  );
  const proposals = proposeConnections(ctx, { connections: rows, served });
  return providers.map((shelved) => {
    const provider = shelved.oauth ? approved(ctx.config, { ...shelved, oauth: shelved.oauth }) : shelved;
    const own = rows.filter((row) => row.provider === provider.id);
    const accounts = own.flatMap((row) =>
      describeAccount(provider, row, { all: readable, jobs, now, holdsUp: holdsUp(row.id), webhook: ownWebhookOf(ctx, row, hooks) }),
    );
    const incident = incidents.find((open) => open.provider === provider.id);
    return {
      provider: provider.id,
      name: provider.name,
      description: provider.description,
      configured: provider.oauth === undefined || isConfigured(ctx.config, provider),
      needsShop: Boolean(provider.oauth?.shop),
      state: stateOf(accounts),
      signsIn: provider.oauth !== undefined,
      keyForm: keyFormOf(provider),
      scopeSets: offeredSets(provider, accounts, jobs).map(({ id, title, default: isDefault }) => ({ id, title, default: isDefault })),
      incident: incident ? { kind: incident.kind, openedAt: incident.openedAt } : null,
      connections: accounts,
      lent: lentAt(provider, readable, jobs),
      owed: describeOwed(provider, owed, now),
      jobs: jobsOf(provider, jobs).map(({ id, title }) => ({ id, title })),
      feeds: feedsOf([
        ...accounts.flatMap(({ reads, holdsUp }) => [...reads.map(({ id }) => id), ...holdsUp.map(({ job }) => job)]),
        ...(lentAt(provider, readable, jobs)?.jobs ?? []).map(({ id }) => id),
      ]),
      proposed: proposals.find((each) => each.provider === provider.id && !each.done)?.gives ?? null,
    };
  });
}

/** The sets that one may ask for. What only acts needs is offered where a job that is on needs it, or an account has been asked for it. */
const offeredSets = ({ id: provider, oauth }: Provider, accounts: readonly IntegratedAccount[], jobs: readonly Job[]) => {
  const needed = new Set(jobs.flatMap(({ needs }) => needs.flatMap((need) => (need.provider === provider ? need.scopes : []))));
  return (oauth?.scopeSets ?? []).filter(
    ({ id, acts, scopes }) =>
      !acts ||
      scopes.some((scope) => needed.has(scope)) ||
      accounts.some(({ sets }) => sets.some((set) => set.id === id && (set.asked || set.granted))),
  );
};

/** What these jobs are for: what measures is there for its figures. */
function feedsOf(reading: readonly string[]): Integration["feeds"] {
  const jobs = allJobs.filter(({ id }) => reading.includes(id));
  if (jobs.length === 0) return null;
  return jobs.some(({ metrics = [] }) => metrics.length > 0) ? "metrics" : "automations";
}

/** When the webhook secrets were set; none of them is read. */
const webhookSecretsQuery = (ctx: TenantCtx) =>
  ctx.db
    .select({ connectionId: secrets.connectionId, field: secrets.field, createdAt: secrets.createdAt })
    .from(secrets)
    .where(inTenant(ctx, secrets, inArray(secrets.field, [...webhookFields])));

/** The name of the account that the agency lends, and the jobs that read it; nothing else of it is the borrower's to see. */
function lentAt(provider: Provider, readable: readonly (ConnectionRow & { lent?: true })[], on: readonly Job[]): Integration["lent"] {
  const account = readable.find((each) => each.lent && each.provider === provider.id && each.status !== "disconnected");
  if (!account) return null;
  const jobs = jobsOf(provider, on).filter((job) => readBy(job, provider, readable) === account.id);
  return { account: account.name, jobs: jobs.map(({ id, title }) => ({ id, title })) };
}

function stateOf(accounts: readonly IntegratedAccount[]): Integration["state"] {
  if (accounts.some(({ status }) => status === "reconnect_needed")) return "reconnect_needed";
  return accounts.length > 0 ? "connected" : "not_connected";
}

const jobsOf = (provider: Provider, on: readonly Job[]) => on.filter(({ needs }) => needs.some((need) => need.provider === provider.id));

/** The id of the account that a job reads at a provider; null where none serves it. */
function readBy(job: Job, provider: Provider, all: readonly ConnectionRow[]): string | null {
  const found = chooseAccount(job, provider.id, all);
  return "account" in found ? found.account.id : null;
}

/** Those of these scopes that an account was not granted. */
type Lacks = (scopes: readonly string[]) => string[];

/** Jobs that wait for a permission of this account. What another account serves does not wait for this one. */
interface Reading {
  all: readonly ConnectionRow[];
  /** Those that the client has on. */
  jobs: readonly Job[];
}

function waitingFor(provider: Provider, lacks: Lacks, { all, jobs }: Reading): IntegratedAccount["waiting"] {
  const sets = provider.oauth?.scopeSets ?? [];
  return jobsOf(provider, jobs)
    .filter((job) => readBy(job, provider, all) === null)
    .map(({ id, title, needs }) => {
      const missing = lacks(needs.flatMap((need) => (need.provider === provider.id ? requiredScopes(need) : [])));
      const holding = sets.filter(({ scopes }) => scopes.some((scope) => missing.includes(scope)));
      return { id, title, missing, sets: holding.map((set) => set.id) };
    })
    .filter(({ missing }) => missing.length > 0);
}

function choicesUnder(
  provider: Provider,
  row: ConnectionRow,
  { lacks, all, jobs: on }: Reading & { lacks: Lacks },
): IntegratedAccount["choices"] {
  const jobs = jobsOf(provider, on).filter((job) => [null, row.id].includes(readBy(job, provider, all)));
  return (provider.choices ?? [])
    .filter(({ scopes }) => lacks(scopes).length === 0)
    .map(({ kind, title, choose, many }) => ({
      kind,
      title,
      choose,
      many,
      needed: jobs.some(({ needs }) => needs.some((need) => need.provider === provider.id && need.resource === kind)),
      chosen: row.chosen.filter((each) => each.kind === kind),
    }));
}

function describeAccount(
  provider: Provider,
  row: ConnectionRow,
  { all, jobs, now, holdsUp, webhook }: Reading & { now: number; holdsUp: WaitingJob[]; webhook: OwnWebhook | null },
): IntegratedAccount[] {
  const health = healthOf(row, now);
  if (row.status === "disconnected" || !health) return [];
  const lacks: Lacks = (scopes) => scopes.filter((scope) => !grantsAll(provider, row, [scope]));
  const account: IntegratedAccount = {
    id: row.id,
    name: row.name,
    kind: row.kind,
    fields: row.fields,
    status: row.status,
    statusReason: row.statusReason && ofConnection(row.statusReason),
    health,
    holdsUp,
    scopes: { asked: row.scopesAsked, granted: row.scopesGranted, missing: lacks(row.scopesAsked) },
    sets: (provider.oauth?.scopeSets ?? []).map(({ id, scopes }) => ({
      id,
      asked: scopes.every((scope) => row.scopesAsked.includes(scope)),
      granted: lacks(scopes).length === 0,
    })),
    waiting: waitingFor(provider, lacks, { all, jobs }),
    reads: jobsOf(provider, jobs)
      .filter((job) => readBy(job, provider, all) === row.id)
      .map(({ id, title }) => ({ id, title })),
    reduced: jobsOf(provider, jobs)
      .filter((job) => readBy(job, provider, all) === row.id)
      .flatMap(({ id, title, needs }) =>
        needs.flatMap((need) =>
          (need.provider === provider.id ? (need.optionalScopes ?? []) : [])
            .filter(({ scope }) => lacks([scope]).length > 0)
            .map(({ without }) => ({ id, title, words: without })),
        ),
      ),
    preferred: inOrder(all.filter((each) => each.provider === provider.id && each.status !== "disconnected"))[0]?.id === row.id,
    choices: choicesUnder(provider, row, { lacks, all, jobs }),
    connectedAt: row.connectedAt,
    accessExpiresAt: row.accessExpiresAt,
    refreshExpiresAt: row.refreshExpiresAt,
    changed: row.changed,
    cliff: row.status === "active" && row.cliffAt !== null && row.cliffKind !== null ? { at: row.cliffAt, kind: row.cliffKind } : null,
    endsAt: row.endsAt,
    lastRefreshAt: row.lastRefreshAt,
    lastSuccessAt: row.lastSuccessAt,
    probedAt: row.probedAt,
    // What came since says otherwise.
    probeResult: row.probeResult === "ok" && !isWell(health) ? null : row.probeResult,
    webhook,
  };
  return [account];
}
