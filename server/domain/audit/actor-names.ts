import { inArray, sql } from "drizzle-orm";
import { type auditLog, users } from "#db/schema/index.ts";
import type { Locale } from "#db/words/locales.ts";
import type { Ctx, TenantCtx } from "#server/ctx.ts";
import { agencyName } from "./agency-name.ts";

/** Who reads the names: an admin of the agency, or people of a client, in their language. */
export type NameReader = "staff" | Locale;

/** Whoever acts; what a job writes is read by the client's people unless it says otherwise. */
export function readerOf(ctx: Ctx | TenantCtx): NameReader {
  if (ctx.actor.type === "user") return ctx.actor.staff ? "staff" : ctx.actor.locale;
  return "tenant" in ctx ? ctx.tenant.locale : "en";
}

/** A person's name, else their address, and what this reader calls them. */
interface Called {
  own: string;
  here: string;
}

/** People by their user id, as a reader calls them; ids of nobody (a job's, say) are left out. */
export async function findPeople(
  ctx: Ctx | TenantCtx,
  ids: readonly (string | null)[],
  reader: NameReader = readerOf(ctx),
): Promise<ReadonlyMap<string, Called>> {
  const asked = [...new Set(ids.filter((id) => id !== null))];
  if (asked.length === 0) return new Map();
  const people = await ctx.directory
    .select({ id: users.id, name: users.name, email: users.email, wasStaff: users.wasStaff })
    .from(users)
    .where(inArray(users.id, sql`(select value from json_each(${JSON.stringify(asked)}))`));
  return new Map(
    people.map(({ id, name, email, wasStaff }) => {
      const own = name || email;
      return [id, { own, here: wasStaff && reader !== "staff" ? agencyName[reader] : own }];
    }),
  );
}

/**
 * What people are called, by their user id: their name, else their address; to a client's people the agency's admins, and those who
 * were one, are "the agency". Ids of nobody are left out.
 */
export async function actorNames(...asked: Parameters<typeof findPeople>): Promise<ReadonlyMap<string, string>> {
  return new Map([...(await findPeople(...asked))].map(([id, { here }]) => [id, here]));
}

/**
 * What whoever wrote a line of the audit log is called; null for nobody. The line itself says as what they wrote it: a member whom the
 * agency hired later keeps their name there.
 */
export function writerName(
  people: Awaited<ReturnType<typeof findPeople>>,
  { actorId, actorType }: Pick<typeof auditLog.$inferSelect, "actorId" | "actorType">,
): string | null {
  const person = people.get(actorId ?? "");
  return (actorType === "user" ? person?.own : person?.here) ?? null;
}
