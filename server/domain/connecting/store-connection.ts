import { and, desc, eq, isNull, ne, notInArray, or, type SQL, sql } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { rowIf } from "#db/row-if.ts";
import { connections, dataKeys, debts, occurrences, secrets } from "#db/schema/index.ts";
import type { ConnectionKind } from "#db/words/connections.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import type { Grant, Identity, Provider } from "#server/catalog/provider.ts";
import type { Resource } from "#server/catalog/resource.ts";
import { webhooks } from "#server/catalog/webhooks/registry.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { afterCommit } from "#server/domain/audit/after-commit.ts";
import { headQuery } from "#server/domain/audit/append.ts";
import { type ChainHead, emptyChain } from "#server/domain/audit/chain.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { activateClient } from "#server/domain/clients/activate-client.ts";
import { mayAct, wakeHearers } from "#server/domain/commerce/occurrences.ts";
import { accountChange } from "#server/domain/connections/account-change.ts";
import { adoptFacts } from "#server/domain/connections/adopt-facts.ts";
import { agencyDebtor } from "#server/domain/connections/debtor.ts";
import { listLent } from "#server/domain/connections/lent-accounts.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { nothingAhead } from "#server/domain/connections/nothing-ahead.ts";
import type { ConnectionRow, DebtRow } from "#server/domain/connections/rows.ts";
import { tellChange } from "#server/domain/connections/tell-change.ts";
import { webhookFields } from "#server/domain/connections/webhook-secret.ts";
import { retracted } from "#server/domain/notices/retract.ts";
import { claimOwn } from "#server/domain/runs/claim-due.ts";
import { alignJobs } from "#server/domain/schedules/align-jobs.ts";
import { scheduleStatements } from "#server/domain/schedules/schedule-statements.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { isOn, type PlanRefusal, planHasJob, planOf, planRefusal } from "#server/domain/tenancy/plans.ts";
import { expiriesOf } from "#server/domain/tokens/expiries.ts";
import { strikeDebt } from "#server/domain/tokens/owe.ts";
import { nextProbeAt } from "#server/domain/tokens/probe-times.ts";
import { renewalPlanOf } from "#server/domain/tokens/renewal-plan.ts";
import { currentDataKey, type DataKey, openDataKey } from "#server/domain/vault/data-keys.ts";
import { sealSecret } from "#server/domain/vault/secrets.ts";
import { newId } from "#server/ids.ts";
import { keepResources } from "./keep-resources.ts";
import { keptSince, replacedBy, replaceKey } from "./replace-key.ts";

/** What was proven of an account. `granted` are its scopes as the provider said them. */
export interface NewConnection {
  kind: ConnectionKind;
  identity: Identity;
  /** Its tokens; null for a key that authorises by itself. */
  grant: Grant | null;
  /** What was typed into a key form. */
  keys: Readonly<Record<string, string>>;
  fields: Readonly<Record<string, string>>;
  asked: readonly string[];
  granted: readonly string[];
  /** What the login opens, by kind; a kind that could not be listed is not in it. */
  listed: ReadonlyMap<string, readonly Resource[]>;
  /** The connection that this becomes: the account of it must be the same. */
  becomes: string | null;
  /** What would have to be given back, were nothing stored: struck out along with it. */
  debt?: DebtRow | null;
}

export interface StoredConnection {
  id: string;
  /** That it was there before. */
  again: boolean;
  /** Kinds of which there are several and none is chosen. */
  toChoose: string[];
  /** What follows from it was done, or is in the log as not done. Never rejects. */
  followed: Promise<unknown>;
}

/** All that a tenant has, as the decision to store is made on it. */
export interface Holding {
  all: ConnectionRow[];
  /** Seals what is stored. */
  dataKey: DataKey;
  /** Which secrets are there, by name. */
  fields: { connectionId: string; field: string }[];
  /** Of the audit log, read along with the rest: what is stored is one line of it. */
  head: ChainHead;
}

/**
 * Stores what was proven: the connection, its sealed secrets, what can be chosen, the schedules that may now run and the audit
 * line, in one batch. One row a tenant, provider, account and kind: connecting again updates it, and so does a key connection
 * that is turned into OAuth. Who looked before asking the provider hands over what was held then. Throws `OtherAccount` where the account is not the one that was awaited, `OutsidePlan` where the
 * client's plan has no place for it.
 */
export async function storeConnection(ctx: TenantCtx, provider: Provider, input: NewConnection, seen?: Holding): Promise<StoredConnection> {
  requirePermission(ctx, "connections:write");
  const { changed, after, ...stored } = await storeOnce(ctx, provider, input, seen);
  const { debt } = input;
  const listed = listConnections(ctx);
  const followed = Promise.all([
    afterCommit(ctx, "jobs", () => alignJobs(ctx, { written: after, listed })),
    changed && afterCommit(ctx, "change", () => tellChange(ctx, { connectionId: stored.id, changed })),
    // In another's keeping, hence no part of the batch; what is left of it finds that a connection lives on the grant.
    debt && debt.tenantId !== ctx.tenant.id && afterCommit(ctx, "debt", async () => strikeDebt(agencyDebtor(ctx), debt)),
    afterCommit(ctx, "runs", () => claimOwn(ctx)),
    afterCommit(ctx, "facts", () => adoptFacts(ctx, { connection: stored.id }, listed)),
    // No run will ever be the first success of who has nothing that runs; that its account was read is one.
    !hasJobs(ctx, provider) && afterCommit(ctx, "activation", () => activateClient(ctx)),
  ]);
  return { ...stored, followed };
}

/** Whether something on the shelf that the client wants, and that its plan has, reads accounts of the provider. */
const hasJobs = ({ tenant }: TenantCtx, { id }: Provider): boolean =>
  allJobs.some((job) => job.needs.some(({ provider }) => provider === id) && isOn(tenant, job) && planHasJob(tenant, job.id));

async function storeOnce(ctx: TenantCtx, provider: Provider, input: NewConnection, seen: Holding | undefined) {
  const holding = seen ?? (await hold(ctx));
  try {
    return await store(ctx, provider, input, holding, { unlessChanged: seen !== undefined });
  } catch (error) {
    // Two consents for one new account at once: the other one's row is there now, and ours updates it. Or what is there was changed.
    const now = await hold(ctx);
    // Or for the last place of the plan: it is the other one's.
    refuseOutsidePlan(ctx, provider, input, now.all);
    const rowIn = ({ all }: Holding) => JSON.stringify(predecessor(provider, input, all));
    if (!seen && rowIn(now) === rowIn(holding)) throw error;
    return store(ctx, provider, input, now);
  }
}

/** What a tenant holds now. Throws `VaultError` where nothing could be sealed. */
export async function hold(ctx: TenantCtx): Promise<Holding> {
  const [all, [newest], fields, [head = emptyChain]] = await ctx.db.batch([
    ctx.db.select().from(connections).where(inTenant(ctx, connections)).orderBy(connections.id),
    ctx.db.select().from(dataKeys).where(inTenant(ctx, dataKeys)).orderBy(desc(dataKeys.version)).limit(1),
    ctx.db.select({ connectionId: secrets.connectionId, field: secrets.field }).from(secrets).where(inTenant(ctx, secrets)),
    headQuery(ctx.db, ctx.tenant.id),
  ]);
  const dataKey = newest ? await openDataKey(ctx.config, newest) : await currentDataKey(ctx);
  return { all, dataKey, fields, head };
}

/** The row that this one is put in place of. */
function predecessor(
  provider: Provider,
  { kind, identity, becomes }: NewConnection,
  all: readonly ConnectionRow[],
): ConnectionRow | undefined {
  const awaited = all.find(({ id }) => id === becomes);
  if (awaited && awaited.externalId !== identity.externalId) throw new OtherAccount(awaited.name);
  const twin = all.find((row) => row.provider === provider.id && row.externalId === identity.externalId && row.kind === kind);
  // A key connection becomes OAuth in its own row, so that what was read through it stays its own; unless OAuth is there already.
  return twin ?? awaited;
}

/** Another account came back than the one that is connected again. */
export class OtherAccount extends Error {
  override name = "OtherAccount";
  readonly account: string;

  constructor(account: string) {
    super("another account came back");
    this.account = account;
  }
}

/** The client's plan has no place for the account. */
export class OutsidePlan extends Error {
  override name = "OutsidePlan";
  readonly refusal: PlanRefusal;

  constructor(refusal: PlanRefusal) {
    super("the plan has no place for this account");
    this.refusal = refusal;
  }
}

function refuseOutsidePlan(ctx: TenantCtx, provider: Provider, { identity }: NewConnection, all: readonly ConnectionRow[]): void {
  const refusal = planRefusal(ctx.tenant, { provider: provider.id, externalId: identity.externalId, connections: all });
  if (refusal) throw new OutsidePlan(refusal);
}

/**
 * `active` where the plan has a place for the account as the batch is written, else null, which the column refuses: of two consents that
 * both saw the last place, the batch of the second fails as a whole, so that none of its other statements needs the condition.
 */
function activeInPlan(ctx: TenantCtx, provider: Provider, { externalId }: Identity): SQL {
  const live = (...more: SQL[]) => inTenant(ctx, connections, ne(connections.status, "disconnected"), ...more);
  const counted = sql`select 1 from ${connections} where ${live(eq(connections.provider, provider.id), eq(connections.externalId, externalId))}`;
  const accounts = sql`select count(distinct ${connections.provider} || ' ' || ${connections.externalId}) from ${connections} where ${live()}`;
  return sql`case when exists (${counted}) or (${accounts}) < ${planOf(ctx.tenant).connections} then 'active' end`;
}

/**
 * Whether the row still has what it was read with and what goes over into the new one, as the batch is written: a renewal that ended
 * or a choice that was made since fails it, and what is there by then is looked at anew. For what was read a while ago.
 */
const isAsSeen = ({ version, chosen, preferredAt, changed }: ConnectionRow): SQL =>
  sql`(${connections.version} = ${version} and json(${connections.chosen}) = json(${JSON.stringify(chosen)})
    and ${connections.preferredAt} is ${preferredAt} and json(${connections.changed}) is json(${changed && JSON.stringify(changed)}))`;

async function store(
  ctx: TenantCtx,
  provider: Provider,
  input: NewConnection,
  { all, dataKey, fields, head }: Holding,
  { unlessChanged = false } = {},
) {
  const { grant, identity, keys } = input;
  refuseOutsidePlan(ctx, provider, input, all);
  const held = predecessor(provider, input, all);
  const id = held?.id ?? newId("con", ctx.now());
  const chosen = keepResources(ctx, provider, { connectionId: id, chosen: held?.chosen ?? [], listed: input.listed });
  // A grant without a refresh token leaves the one that is there, as long as that works: some providers send it once.
  const sealing = {
    ...keys,
    ...(grant && { access_token: grant.accessToken }),
    ...(grant?.refreshToken !== undefined && { refresh_token: grant.refreshToken }),
  };
  const own = fields.filter(({ connectionId }) => connectionId === id);
  // What an account's own events are signed with is no part of how it is connected.
  const isOfWebhook = ({ field }: { field: string }) => webhookFields.some((each) => each === field);
  const kept = own.filter((each) => {
    if (!held || isOfWebhook(each)) return held !== undefined;
    return !dropsOthers(held, input) && (each.field !== "refresh_token" || mayRefresh(held, ctx.now()));
  });
  const keepsRefresh = held !== undefined && !("refresh_token" in sealing) && kept.some(({ field }) => field === "refresh_token");
  const changed = held ? accountChange(held.details, identity.details, ctx.now()) : null;
  const row = {
    ...rowOf(ctx, provider, input, {
      id,
      held,
      refreshEndsAt: keepsRefresh ? refreshEndOf(provider, held) : null,
      keptAt: keptSince(ctx, provider.id, input, all),
    }),
    chosen: chosen.chosen,
  };
  const plan = renewalPlanOf({ connection: row, secrets: [...kept, ...Object.keys(sealing).map((field) => ({ field }))] });
  // Whether a refresh token of an older consent survived this one is found out now, and not when the new access token ends.
  const connection = { ...row, ...plan, ...(changed && { changed }), ...(keepsRefresh && plan.renewAt !== null && { renewAt: ctx.now() }) };
  const after = [...all.filter((row) => row.id !== id), connection, ...(await listLent(ctx))];
  const action = held ? "connection.reconnected" : "connection.connected";
  const details = {
    connection: id,
    provider: provider.id,
    kind: input.kind,
    account: identity.name,
    scopes: input.granted,
    ...replacedBy(connection, all),
  };
  const statements = [
    held
      ? ctx.db
          .update(connections)
          .set(
            unlessChanged
              ? { ...connection, status: sql`case when ${isAsSeen(held)} then ${activeInPlan(ctx, provider, identity)} end` }
              : // From what is there as it is written: a renewal that ended since we looked has another version than this consent.
                { ...connection, status: activeInPlan(ctx, provider, identity), version: sql`${connections.version} + 1` },
          )
          .where(inTenant(ctx, connections, eq(connections.id, id)))
      : ctx.db.insert(connections).values({ ...connection, status: activeInPlan(ctx, provider, identity) }),
    ...(await keepSecrets(ctx, dataKey, { connectionId: id, sealing })),
    ...(kept.length < own.length ? [dropSecretsBut(ctx, id, [...kept.map(({ field }) => field), ...Object.keys(sealing)])] : []),
    ...(input.debt?.tenantId === ctx.tenant.id ? [strikeDebt(ctx, input.debt)] : []),
    retracted(ctx.db, ctx.now(), { tenant: ctx.tenant.id, kinds: ["reconnect", "cliff"], subject: id }),
    ...(input.kind === "oauth" ? [settleOlder(ctx, provider, identity), replaceKey(ctx, connection)] : []),
    ...chosen.statements,
    ...scheduleStatements(ctx, { connections: after }),
    ...(held && held.status !== "active" ? noteBack(ctx, { connectionId: id, provider: provider.id }) : []),
  ];
  await commit(ctx, action, { ...details, ...(changed && { changed }) }, statements, { head });
  return { id, again: held !== undefined, toChoose: chosen.toChoose, changed, after };
}

/** That an account works again, for the automations that hear of it. */
function noteBack(ctx: TenantCtx, { connectionId, provider }: { connectionId: string; provider: string }): Statement[] {
  const now = ctx.now();
  const back = { connectionId, kind: "connection_back", subject: `connection:${connectionId}`, facts: { provider } } as const;
  return [
    ctx.db
      .insert(occurrences)
      .select(rowIf(occurrences, { ...back, tenantId: ctx.tenant.id, at: now, noticedAt: now }, mayAct(sql`${ctx.tenant.id}`)))
      .onConflictDoNothing(),
    wakeHearers(ctx, now),
  ];
}

/** What is still owed of this account is no longer: its new connection may live on the same grant. */
const settleOlder = (ctx: TenantCtx, { id }: Provider, { externalId }: Identity): Statement =>
  ctx.db
    .update(debts)
    .set({ farewell: "by_hand", endedAt: ctx.now(), nextAt: null, accessSealed: null, refreshSealed: null })
    .where(
      inTenant(
        ctx,
        debts,
        eq(debts.provider, id),
        eq(debts.externalId, externalId),
        or(isNull(debts.farewell), eq(debts.farewell, "unreached")),
      ),
    );

/** The person; a script of the agency's by its name. */
const whoConnects = ({ actor }: TenantCtx): string => (actor.type === "user" ? actor.userId : actor.type === "system" ? actor.job : "");

function rowOf(
  ctx: TenantCtx,
  provider: Provider,
  { kind, grant, identity, fields, asked, granted }: NewConnection,
  { id, held, refreshEndsAt, keptAt }: { id: string; held: ConnectionRow | undefined; refreshEndsAt: number | null; keptAt: number | null },
): Omit<ConnectionRow, "chosen"> {
  const now = ctx.now();
  return {
    ...nothingAhead,
    id,
    version: (held?.version ?? 0) + 1,
    tenantId: ctx.tenant.id,
    provider: provider.id,
    kind,
    externalId: identity.externalId,
    name: identity.name.slice(0, 200),
    details: identity.details,
    changed: held?.changed ?? null,
    fields: { ...fields },
    preferredAt: held?.preferredAt ?? null,
    // A further permission asked for later adds to what a reconnect asks for.
    scopesAsked: [...new Set([...(held?.scopesAsked ?? []), ...asked])],
    scopesGranted: [...granted],
    status: "active",
    statusReason: null,
    statusAt: now,
    ...(grant && expiriesOf(provider, grant, { now, kept: refreshEndsAt })),
    connectedBy: whoConnects(ctx),
    connectedAt: now,
    // The identity call was the first success.
    lastSuccessAt: now,
    lastRefreshAt: null,
    keptAt,
    planned: "",
    probedAt: now,
    probeResult: "ok",
    probeAt: nextProbeAt(now, { failing: false }),
    subscribeAt: webhooks.some((each) => each.provider === provider.id && each.subscription) ? now : null,
  };
}

/** Statements that seal secrets into their fields, in place of what was there. */
async function keepSecrets(
  ctx: TenantCtx,
  dataKey: DataKey,
  { connectionId, sealing }: { connectionId: string; sealing: Readonly<Record<string, string>> },
): Promise<Statement[]> {
  const now = ctx.now();
  const rows = await Promise.all(
    Object.entries(sealing).map(async ([field, secret]) => ({
      tenantId: ctx.tenant.id,
      connectionId,
      field,
      sealed: await sealSecret(ctx, dataKey, { connectionId, field, secret }),
      createdAt: now,
      lastUsedAt: null,
    })),
  );
  return rows.map((row) =>
    ctx.db
      .insert(secrets)
      .values(row)
      .onConflictDoUpdate({
        target: [secrets.tenantId, secrets.connectionId, secrets.field],
        set: { sealed: row.sealed, createdAt: now },
        setWhere: and(eq(secrets.tenantId, ctx.tenant.id), eq(secrets.connectionId, connectionId)),
      }),
  );
}

/** A form is filled in anew, and whatever else was there is of another key, or of the other way to connect. */
const dropsOthers = (held: ConnectionRow, { kind }: NewConnection) => held.kind !== kind || kind === "key";

/** A connection that waited for a person did so since its tokens were refused, or ended. */
const mayRefresh = ({ status, refreshExpiresAt }: ConnectionRow, now: number) =>
  status === "active" && (refreshExpiresAt === null || refreshExpiresAt > now);

/** When the refresh token of an older consent ends: a later consent without one of its own does not move it. */
function refreshEndOf({ oauth }: Provider, { refreshExpiresAt, connectedAt }: ConnectionRow): number | null {
  const { consentS } = oauth?.lives ?? {};
  return refreshExpiresAt ?? (consentS === undefined ? null : connectedAt + consentS * 1000);
}

/** What it was connected by before opens nothing any more. */
const dropSecretsBut = (ctx: TenantCtx, connectionId: string, fields: readonly string[]): Statement =>
  ctx.db.delete(secrets).where(inTenant(ctx, secrets, eq(secrets.connectionId, connectionId), notInArray(secrets.field, [...fields])));
