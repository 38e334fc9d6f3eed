import { eq } from "drizzle-orm";
import { deletions, memberships, tenants, users } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { createClient } from "#server/domain/clients/create-client.ts";
import { newId } from "#server/ids.ts";
import { admin, clients, secondAdmin } from "./people.ts";

/**
 * Three clients with an owner each, and two admins of the agency. What is there already stays as it is, and a client that has
 * ended stays away.
 */
export async function seed(ctx: Ctx): Promise<void> {
  await ensurePerson(ctx, { email: admin, name: "Agency admin", locale: "en", timezone: "UTC", staff: true });
  await ensurePerson(ctx, { email: secondAdmin, name: "Second admin", locale: "en", timezone: "UTC", staff: true });
  for (const { id, name, owner, currency, timezone, locale } of clients) {
    const [known] = await ctx.directory.select().from(tenants).where(eq(tenants.id, id));
    const [ended] = await ctx.directory.select({ id: deletions.id }).from(deletions).where(eq(deletions.ofTenant, id));
    if (known || ended) continue;
    await createClient(ctx, { id, name, vertical: "shopify", plan: "growth", locale, currency, timezone });
    const userId = await ensurePerson(ctx, { email: owner, name: "", locale, timezone, staff: false });
    await ctx.directory.insert(memberships).values({ userId, tenantId: id, role: "owner", createdAt: ctx.now() });
  }
}

type Person = Pick<typeof users.$inferInsert, "email" | "name" | "locale" | "timezone" | "staff">;

/** Nobody has proven the mailbox yet: the first sign-in does. An admin has nothing to be taken through. */
async function ensurePerson(ctx: Ctx, person: Person): Promise<string> {
  const now = ctx.now();
  const user = { id: newId("usr", now), createdAt: now, onboardedAt: person.staff ? now : null, ...person };
  await ctx.directory.insert(users).values(user).onConflictDoNothing({ target: users.email });
  const [stored] = await ctx.directory.select({ id: users.id }).from(users).where(eq(users.email, person.email));
  return stored?.id ?? user.id;
}
