import type { InferSelectModel } from "drizzle-orm";
import { type Databases, type Db, databaseAt, openDb, openTenantDb, placesIn } from "#db/client.ts";
import type { tenants } from "#db/schema/index.ts";
import type { Locale } from "#db/words/locales.ts";
import type { Place } from "#db/words/places.ts";
import type { Hint } from "#db/words/tenants.ts";
import type { Permission, PortalRole, TenantRole } from "./domain/tenancy/permissions.ts";
import { allows } from "./domain/tenancy/permissions.ts";
import type { Config } from "./env.ts";
import { forbidden, unauthenticated } from "./errors.ts";
import type { Log } from "./log.ts";
import type { ActionMessage, DeadMessage, MailMessage, RunMessage, TaskMessage, TokenMessage } from "./messages.ts";
import type { RateLeases } from "./rate-leases.ts";
import type { Slots } from "./slots.ts";

export type Tenant = InferSelectModel<typeof tenants>;

export interface UserActor {
  type: "user";
  userId: string;
  sessionId: string;
  email: string;
  name: string;
  locale: Locale;
  timezone: string;
  staff: boolean;
  onboarded: boolean;
  memberships: readonly { tenant: Tenant; role: PortalRole; dismissed?: readonly Hint[] }[];
  /** Until when (milliseconds since 1970) an admin looks at a client as its people see it: nothing can be changed meanwhile. */
  viewingUntil?: number;
}
/** Who acts: nobody known, a person, or a job of ours. */
export type Actor = { type: "anonymous" } | UserActor | { type: "system"; job: string };

export interface Send {
  runs(messages: readonly RunMessage[], delayS?: number): Promise<void>;
  actions(messages: readonly ActionMessage[], delayS?: number): Promise<void>;
  mail(message: MailMessage): Promise<void>;
  tokens(messages: readonly TokenMessage[]): Promise<void>;
  tasks(messages: readonly TaskMessage[]): Promise<void>;
  dead(message: DeadMessage): Promise<void>;
}

/** The browser's cookies: what it sent, and what it shall keep. Jobs have none. */
export interface Cookies {
  get(name: string): string | undefined;
  /** Only `__Host-` names; an empty value with `maxAgeS` 0 removes it. */
  set(name: string, value: string, maxAgeS: number): void;
}

/** All that a verb may touch. Built once per request or job, see workers/. */
export interface Ctx {
  config: Config;
  actor: Actor;
  /** `ip` is null for jobs. */
  request: { id: string; ip: string | null; userAgent: string };
  /** People, sessions, tenants: who may come in. */
  directory: Db;
  databases: Databases;
  cookies: Cookies;
  /** Milliseconds since 1970. */
  now(): number;
  /** Whoever calls it holds one of `slots`. */
  fetch: typeof fetch;
  /** What of this invocation's connections is free. */
  slots: Slots;
  /** How often accounts may be called. */
  rates: RateLeases;
  /** A TCP socket, for the mail server. */
  connect(address: SocketAddress, options: SocketOptions): Socket;
  send: Send;
  log: Log;
}

/** A context inside one tenant: `db` answers for that tenant alone. */
export interface TenantCtx extends Ctx {
  tenant: Tenant;
  role: TenantRole;
  db: Db;
}

/** The same context inside one tenant, acting with that role there. Whoever calls it has checked that the role is theirs. */
export function enterTenant(ctx: Ctx, tenant: Tenant, role: TenantRole): TenantCtx {
  const db = openTenantDb(databaseAt(ctx.databases, tenant.place), tenant.id);
  return { ...ctx, tenant, role, db, log: ctx.log.with({ tenant: tenant.id }) };
}

/**
 * Throws `forbidden` unless the role in this tenant may do it, and is the role of the person who acts: a door that hands on a role
 * without having looked is not believed. A job of ours has the role that it says.
 */
export function requirePermission(ctx: TenantCtx, permission: Permission): void {
  if (ctx.actor.type === "anonymous") throw unauthenticated();
  if (!isOwnRole(ctx) || !allows(ctx.role, permission)) throw forbidden();
}

const isOwnRole = ({ actor, tenant, role }: TenantCtx): boolean =>
  actor.type !== "user" || actor.staff || actor.memberships.some((own) => own.tenant.id === tenant.id && own.role === role);

/** The person who acts. Throws `unauthenticated` where nobody is signed in, and for jobs. */
export function requireUser(ctx: Ctx): UserActor {
  if (ctx.actor.type !== "user") throw unauthenticated();
  return ctx.actor;
}

/** Who acts, if an admin of the agency; `forbidden` to anybody else. */
export function requireStaff(ctx: Ctx): UserActor {
  const actor = requireUser(ctx);
  if (!actor.staff) throw forbidden();
  return actor;
}

/** For what only the agency does, by an admin's hand or by a job or script of ours; `forbidden` to anybody else. */
export function requireAgency(ctx: Ctx): void {
  if (ctx.actor.type !== "system") requireStaff(ctx);
}

/** Every D1 that holds tenants' rows, for what only staff and the engine may do: see all tenants at once. */
export function acrossTenants(ctx: Ctx): readonly { place: Place; db: Db }[] {
  requireAgency(ctx);
  return placesIn(ctx.databases).map((place) => ({ place, db: openDb(databaseAt(ctx.databases, place)) }));
}

/**
 * Does something in every D1, one after the other, for the engine. A D1 that is away holds back no other one's clients: what went wrong is
 * thrown when all had their turn.
 */
export async function inEachPlace(ctx: Ctx, work: (at: { place: Place; db: Db }) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const at of acrossTenants(ctx)) {
    try {
      await work(at);
    } catch (error) {
      failures.push(new Error(`${at.place} failed`, { cause: error }));
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, "not in every D1 was it done");
}
