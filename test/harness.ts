import { connect } from "cloudflare:sockets";
import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { openDb } from "#db/client.ts";
import { memberships, sessions, tenants, users } from "#db/schema/index.ts";
import type { Role } from "#db/words/tenants.ts";
import { sessionLifetimeMs } from "#server/auth.ts";
import { type Actor, type Ctx, enterTenant, type Tenant, type TenantCtx, type UserActor } from "#server/ctx.ts";
import type { TenantRole } from "#server/domain/tenancy/permissions.ts";
import { hashToken, newToken } from "#server/domain/vault/sign-in-tokens.ts";
import { databasesOf, type Env, readConfig } from "#server/env.ts";
import { newId } from "#server/ids.ts";
import { createLog } from "#server/log.ts";
import type { ActionMessage, DeadMessage, MailMessage, RunMessage, TaskMessage, TokenMessage } from "#server/messages.ts";
import type { RateLeases } from "#server/rate-leases.ts";
import { createSlots } from "#server/slots.ts";

export type TestEnv = Env & { TEST_MIGRATIONS: D1Migration[]; SPARE_2: D1Database; SPARE_3: D1Database; SPARE_4: D1Database };
export const testEnv = env as TestEnv;

/** What a context under test did besides its writes. */
export interface Traces {
  lines: string[];
  runs: RunMessage[];
  actions: ActionMessage[];
  mails: MailMessage[];
  tokens: TokenMessage[];
  tasks: TaskMessage[];
  dead: DeadMessage[];
  /** Cookies as the browser would now hold them. */
  cookies: Map<string, string>;
}

/** A context as the doors build it, with its clock, its outbound HTTP and its queues in the test's hands. */
export function testCtx({
  actor = { type: "anonymous" },
  now = Date.now,
  outbound = fetch,
  ip = "203.0.113.7",
  userAgent = "test",
  rates = unlimited,
}: TestCtx = {}): Ctx & { traces: Traces } {
  const traces: Traces = { lines: [], runs: [], actions: [], mails: [], tokens: [], tasks: [], dead: [], cookies: new Map() };
  return {
    config: readConfig(testEnv),
    actor,
    request: { id: newId("req", now()), ip, userAgent },
    directory: openDb(testEnv.DB),
    databases: databasesOf(testEnv),
    cookies: {
      get: (name) => traces.cookies.get(name),
      set: (name, value, maxAgeS) => void (maxAgeS > 0 ? traces.cookies.set(name, value) : traces.cookies.delete(name)),
    },
    now,
    fetch: outbound,
    slots: createSlots(),
    rates,
    connect,
    send: {
      runs: async (messages) => void traces.runs.push(...messages),
      actions: async (messages) => void traces.actions.push(...messages),
      mail: async (message) => void traces.mails.push(message),
      tokens: async (messages) => void traces.tokens.push(...messages),
      tasks: async (messages) => void traces.tasks.push(...messages),
      dead: async (message) => void traces.dead.push(message),
    },
    log: createLog({}, (line) => void traces.lines.push(line)),
    traces,
  };
}

export interface TestCtx {
  actor?: Actor;
  now?: () => number;
  outbound?: typeof fetch;
  ip?: string | null;
  userAgent?: string;
  rates?: RateLeases;
}

/** Nobody counts calls, but where a test does. */
const unlimited: RateLeases = { begin: async () => null, end: async () => undefined };

let count = 0;
const unique = () => `${Date.now().toString(36)}${(count++).toString(36)}`;

/** A tenant of the test's own, so that tests never meet in the database. */
export async function makeTenant(more: Partial<Tenant> = {}): Promise<Tenant> {
  const tenant: Tenant = {
    id: `t-${unique()}`,
    name: "Test Shop",
    vertical: "shopify",
    plan: "growth",
    status: "active",
    locale: "en",
    currency: "GBP",
    timezone: "Europe/London",
    currencyChosen: false,
    timezoneChosen: false,
    contactName: null,
    contactEmail: null,
    origin: null,
    source: "manual",
    tags: [],
    features: {},
    automations: [],
    createdAt: Date.now(),
    updatedAt: Date.now(),
    lastActivityAt: null,
    endsAt: null,
    catalog: "",
    borrows: false,
    place: "DB",
    ...more,
  };
  await openDb(testEnv.DB).insert(tenants).values(tenant);
  return tenant;
}

/** A signed-in person with a role in some tenants; `token` is the value of the session's cookie. */
export async function makeUser(
  more: { staff?: boolean; roles?: readonly [Tenant, Role][] } = {},
): Promise<{ actor: UserActor; token: string }> {
  const db = openDb(testEnv.DB);
  const now = Date.now();
  const token = newToken();
  const user = {
    id: newId("usr", now),
    email: `person-${unique()}@example.com`,
    name: "Test Person",
    locale: "en" as const,
    timezone: "UTC",
    staff: more.staff ?? false,
    provenAt: now,
    onboardedAt: now,
    createdAt: now,
  };
  const session = {
    id: newId("ses", now),
    tokenHash: hashToken(token),
    userId: user.id,
    ip: "203.0.113.7",
    userAgent: "test",
    createdAt: now,
    lastUsedAt: now,
    expiresAt: now + sessionLifetimeMs,
  };
  const roles = more.roles ?? [];
  await db.batch([
    db.insert(users).values(user),
    db.insert(sessions).values(session),
    ...roles.map(([tenant, role]) => db.insert(memberships).values({ userId: user.id, tenantId: tenant.id, role, createdAt: now })),
  ]);
  const actor: UserActor = {
    type: "user",
    userId: user.id,
    sessionId: session.id,
    email: user.email,
    name: user.name,
    locale: user.locale,
    timezone: user.timezone,
    staff: user.staff,
    onboarded: true,
    memberships: roles.map(([tenant, role]) => ({ tenant, role })),
  };
  return { actor, token };
}

/** A context inside a tenant, as a member with that role (or as the engine). */
export function testTenantCtx(tenant: Tenant, role: TenantRole = "owner", more: TestCtx = {}): TenantCtx & { traces: Traces } {
  const ctx = testCtx({ actor: { type: "system", job: "test" }, ...more });
  return { ...enterTenant(ctx, tenant, role), traces: ctx.traces };
}
