import { and, eq, isNull, ne, type SQL, sql } from "drizzle-orm";
import { incidents } from "#db/schema/index.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { type Ctx, requireStaff } from "#server/ctx.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";
import { retracted } from "#server/domain/notices/retract.ts";
import { newId } from "#server/ids.ts";
import { drainGently } from "./drain-gently.ts";
import { standingOf } from "./failures.ts";
import { openIncidents } from "./open-incidents.ts";
import type { SwitchProvider } from "./schemas.ts";

/**
 * Switches a provider off for the whole agency, or on again. While it is off nobody begins to connect an account of it or has one
 * looked at, its jobs and probes wait, which is no failure of theirs, and its tokens are renewed all the same: else they would be lost. What is so already
 * stays, without a line in the audit log. Throws `forbidden`, and `not_found` for an unknown provider.
 */
export async function switchProvider(ctx: Ctx, { provider: id, on }: SwitchProvider): Promise<void> {
  requireStaff(ctx);
  const { id: provider } = findProvider(id);
  await (on ? switchOn(ctx, provider) : switchOff(ctx, provider));
}

async function switchOff(ctx: Ctx, provider: string): Promise<void> {
  const now = ctx.now();
  const id = newId("inc", now);
  const { using } = await standingOf(ctx, provider, { since: now });
  const wave = (await openIncidents(ctx)).find((each) => each.provider === provider && each.kind !== "switched_off");
  const row = { id, provider, kind: "switched_off" as const, openedAt: now, lastSeenAt: now, tenantsFailing: 0, tenantsUsing: using };
  await commitIf(ctx, sql`not ${exists(isOff(provider))}`, "provider.switched_off", { provider, incident: id }, [
    // A wave of failures ends here: nobody calls there any more who could fail. One that outlives the switch is a new one.
    ctx.directory
      .update(incidents)
      .set({ closedAt: now })
      .where(and(isOpen(provider), ne(incidents.kind, "switched_off"))),
    ...(wave ? [retracted(ctx.directory, now, { tenant: "", kinds: ["incident"], subject: wave.id })] : []),
    ctx.directory.insert(incidents).values(row).onConflictDoNothing(),
  ]);
}

async function switchOn(ctx: Ctx, provider: string): Promise<void> {
  const [off] = await ctx.directory.select({ id: incidents.id }).from(incidents).where(isOff(provider));
  if (!off) return;
  // First what is overdue: a provider that is on lets all of it start at once.
  const spread = await drainGently(ctx, provider);
  await commitIf(ctx, exists(isOff(provider)), "provider.switched_on", { provider, incident: off.id, spread }, [
    ctx.directory.update(incidents).set({ closedAt: ctx.now() }).where(isOff(provider)),
  ]);
}

const isOpen = (provider: string): SQL => sql`${and(eq(incidents.provider, provider), isNull(incidents.closedAt))}`;
const isOff = (provider: string): SQL => sql`${and(isOpen(provider), eq(incidents.kind, "switched_off"))}`;
const exists = (condition: SQL): SQL => sql`exists (select 1 from ${incidents} where ${condition})`;
