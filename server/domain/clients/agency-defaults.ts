import { agencyDefaults } from "#db/schema/index.ts";
import { type Ctx, requireAgency, requireStaff } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
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

/** Sets all of them; clients that are there stay as they are. */
export async function setDefaults(ctx: Ctx, defaults: AgencyDefaults): Promise<void> {
  requireStaff(ctx);
  await commit(ctx, "agency.defaults_changed", { ...defaults }, [
    ctx.directory
      .insert(agencyDefaults)
      .values({ id: 1, ...defaults })
      .onConflictDoUpdate({ target: agencyDefaults.id, set: defaults }),
  ]);
}
