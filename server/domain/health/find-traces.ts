import { desc, eq, or } from "drizzle-orm";
import * as z from "zod";
import {
  actions,
  auditLog,
  connections,
  deadLetters,
  deletions,
  flowCalls,
  incidents,
  runs,
  tenants,
  users,
  webhookDeliveries,
} from "#db/schema/index.ts";
import { acrossTenants, type Ctx, requireStaff } from "#server/ctx.ts";
import { Pasted } from "#server/domain/tenancy/schemas.ts";

/** Of one request there are a handful; more are not worth a page. */
const most = 50;

/** An id as `newId` makes it, wherever it stands. */
const anyId = /[a-z]{3}_[0-9a-v]{26}(?![0-9a-z])/g;
/** What stands around a word in a sentence: brackets, quotes, a full stop. */
const edges = /^[\p{P}\p{S}\s]+|[\p{P}\p{S}\s]+$/gu;

/**
 * The id that is looked for, out of the text that was copied: a toast ("… (req_0…)"), a line of a log, the address of a page. The last
 * one in it is the narrowest, as in the address of a client's run. Where there is none it is the text itself, such as a client's id.
 */
function idIn(text: string): string {
  const lower = text.toLowerCase();
  return lower.match(anyId)?.at(-1) ?? lower.replace(edges, "");
}

export const FindTraces = z.object({ id: Pasted.max(200) });

/** Something that an id stands for, or that a request left. `at` is in milliseconds since 1970. */
export const Trace = z.object({
  kind: z.enum([
    "client",
    "run",
    "connection",
    "delivery",
    "action",
    "flow_call",
    "audit",
    "deletion",
    "dead_letter",
    "person",
    "incident",
  ]),
  id: z.string(),
  tenantId: z.string().nullable(),
  /** What it is, where its kind does not say it: a job, an action, a provider's topic. */
  about: z.string().nullable(),
  at: z.number().nullable(),
});
export type Trace = z.infer<typeof Trace>;

/**
 * What an id leads to, alone or in a text: whose id it is, and what a request with it left in runs, audit lines and deliveries. For the
 * agency's admins.
 */
export async function findTraces(ctx: Ctx, input: z.infer<typeof FindTraces>): Promise<Trace[]> {
  requireStaff(ctx);
  const id = idIn(input.id);
  if (id === "") return [];
  const [known, ...found] = await Promise.all([atDirectory(ctx, id), ...acrossTenants(ctx).map(({ db }) => inPlace(db, id))]);
  return [...known, ...found.flat()];
}

async function atDirectory({ directory: db }: Ctx, id: string): Promise<Trace[]> {
  const [clients, people, ends, letters, waves] = await db.batch([
    db.select({ id: tenants.id, about: tenants.name }).from(tenants).where(eq(tenants.id, id)),
    db.select({ id: users.id }).from(users).where(eq(users.id, id)),
    db.select({ id: deletions.id, tenantId: deletions.ofTenant }).from(deletions).where(eq(deletions.id, id)),
    db
      .select({ id: deadLetters.id, tenantId: deadLetters.ofTenant, about: deadLetters.queue, at: deadLetters.at })
      .from(deadLetters)
      .where(eq(deadLetters.id, id)),
    db.select({ id: incidents.id, about: incidents.provider, at: incidents.openedAt }).from(incidents).where(eq(incidents.id, id)),
  ]);
  return [
    ...clients.map((row) => trace("client", { ...row, tenantId: row.id })),
    ...people.map((row) => trace("person", row)),
    ...ends.map((row) => trace("deletion", row)),
    ...letters.map((row) => trace("dead_letter", row)),
    ...waves.map((row) => trace("incident", row)),
  ];
}

async function inPlace(db: Ctx["directory"], id: string): Promise<Trace[]> {
  const [ran, connected, delivered, proposed, asked, lines] = await db.batch([
    db
      .select({ id: runs.id, tenantId: runs.tenantId, about: runs.job, at: runs.createdAt })
      .from(runs)
      .where(or(eq(runs.id, id), eq(runs.requestId, id)))
      .limit(most),
    db
      .select({ id: connections.id, tenantId: connections.tenantId, about: connections.provider, at: connections.connectedAt })
      .from(connections)
      .where(eq(connections.id, id)),
    db
      .select({
        id: webhookDeliveries.id,
        tenantId: webhookDeliveries.tenantId,
        about: webhookDeliveries.topic,
        at: webhookDeliveries.receivedAt,
      })
      .from(webhookDeliveries)
      .where(or(eq(webhookDeliveries.id, id), eq(webhookDeliveries.requestId, id)))
      .limit(most),
    db
      .select({ id: actions.id, tenantId: actions.tenantId, about: actions.automation, at: actions.createdAt })
      .from(actions)
      .where(eq(actions.id, id)),
    db
      .select({ id: flowCalls.id, tenantId: flowCalls.tenantId, about: flowCalls.action, at: flowCalls.receivedAt })
      .from(flowCalls)
      .where(eq(flowCalls.id, id)),
    db
      .select({ id: auditLog.id, tenantId: auditLog.tenantId, about: auditLog.action, at: auditLog.at })
      .from(auditLog)
      .where(or(eq(auditLog.id, id), eq(auditLog.requestId, id)))
      .orderBy(desc(auditLog.id))
      .limit(most),
  ]);
  return [
    ...ran.map((row) => trace("run", row)),
    ...connected.map((row) => trace("connection", row)),
    ...delivered.map((row) => trace("delivery", row)),
    ...proposed.map((row) => trace("action", row)),
    ...asked.map((row) => trace("flow_call", row)),
    ...lines.map((row) => trace("audit", row)),
  ];
}

const trace = (
  kind: Trace["kind"],
  { id, tenantId, about, at }: { id: string; tenantId?: string | null; about?: string; at?: number },
): Trace => ({ kind, id, tenantId: tenantId || null, about: about || null, at: at ?? null });
