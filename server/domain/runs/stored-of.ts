import type { Stored } from "#server/catalog/job.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { countDone } from "#server/domain/actions/count-done.ts";
import { listChangedScores } from "#server/domain/actions/list-changed-scores.ts";
import { listProposed } from "#server/domain/actions/list-proposed.ts";
import { customerBase } from "#server/domain/commerce/customer-base.ts";
import { occurrencesOf } from "#server/domain/commerce/occurrences.ts";
import { shopHistory } from "#server/domain/commerce/shop-history.ts";
import { crmOf } from "#server/domain/crm/crm-of.ts";
import { referralsOf } from "#server/domain/referrals/referrals-of.ts";
import { supplyOf } from "#server/domain/supply/supply-of.ts";
import { keptCatalog } from "#server/domain/syncs/kept-catalog.ts";
import { keptCoupons } from "#server/domain/syncs/kept-coupons.ts";
import { keptLists } from "#server/domain/syncs/kept-lists.ts";
import { watchOf } from "./watch-of.ts";

/** What a step is handed of what is stored. `shopId`: the connection of the shop that it reads; undefined where it reads none. */
export const storedOf = (ctx: TenantCtx, shopId: string | undefined): Stored => ({
  shop: shopHistory(ctx, shopId),
  base: customerBase(ctx, shopId),
  occurrences: occurrencesOf(ctx, shopId),
  referrals: referralsOf(ctx, shopId),
  watch: watchOf(ctx),
  crm: crmOf(ctx, shopId),
  lists: keptLists(ctx, shopId),
  catalog: keptCatalog(ctx, shopId),
  coupons: keptCoupons(ctx, shopId),
  supply: supplyOf(ctx, shopId),
  changedScores: (of) => listChangedScores(ctx, shopId ?? "", of),
  proposed: (of) => listProposed(ctx, of),
  doneUnder: (of) => countDone(ctx, of),
});
