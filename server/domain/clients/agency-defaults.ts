import { sql } from "drizzle-orm";
import { differs } from "#db/differs.ts";
import { agencyDefaults } from "#db/schema/index.ts";
import { type Ctx, requireAgency, requireStaff } from "#server/ctx.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";
import type { AgencyDefaults } from "./schemas.ts";

/** Where no admin has said anything. */
const builtIn: AgencyDefaults = { plan: "essentials", locale: "en", currency: "EUR", timezone: "UTC" };

/** What clients have who are taken in without more said; currency and time zone until their shop says its own. */
export async function readDefaults(ctx: Ctx): Promise<AgencyDefaults> {
  requireAgency(ctx);
  const { plan, locale, currency, timezone } = agencyDefaults;
  const [kept] = await ctx.directory.select({ plan, locale, currency, timezone }).from(agencyDefaults);
  return kept ?? builtIn;
}

/** Sets all of them; clients that are there stay as they are. What is so already is not written again. */
export async function setDefaults(ctx: Ctx, defaults: AgencyDefaults): Promise<void> {
  requireStaff(ctx);
  const changed = differs(agencyDefaults, defaults);
  const guard = sql`not exists (select 1 from ${agencyDefaults} where not ${changed})`;
  await commitIf(ctx, guard, "agency.defaults_changed", { ...defaults }, [
    ctx.directory
      .insert(agencyDefaults)
      .values({ id: 1, ...defaults })
      .onConflictDoUpdate({ target: agencyDefaults.id, set: defaults, setWhere: changed }),
  ]);
}
