import { decideSupply } from "#server/domain/supply/decide-supply.ts";
import { listSupplyOrders } from "#server/domain/supply/list-supply-orders.ts";
import { listSupplyVariants } from "#server/domain/supply/list-supply-variants.ts";
import { keepVariant, mapVariant, unmapVariant } from "#server/domain/supply/map-variant.ts";
import {
  DecideSupply,
  InVariant,
  ListSupplyOrders,
  ListSupplyVariants,
  MapVariant,
  SupplyOrders,
  SupplySuggestions,
  SupplyVariants,
} from "#server/domain/supply/schemas.ts";
import { suggestSupply } from "#server/domain/supply/suggest-supply.ts";
import { memberOrStaff, router } from "#server/trpc/init.ts";
import { Done, whenDone } from "#server/trpc/replies.ts";

const tags = ["actions"];
const variant = "/supply/{tenant}/variants/{variant}";

/** What suppliers send for a shop. */
export const supply = router({
  orders: memberOrStaff("portal:read")
    .meta({
      openapi: {
        ...{ method: "GET", path: "/supply/{tenant}/orders", tags },
        summary: "Where the shop’s orders stand at suppliers",
        description:
          "A row for each supplier of an order: what it is held for, whether it was ordered, its parcels, and what a person can do. Amounts are in minor units.",
      },
    })
    .input(ListSupplyOrders)
    .output(SupplyOrders)
    .query(({ ctx, input }) => listSupplyOrders(ctx, input)),
  decide: memberOrStaff("actions:decide")
    .meta({
      openapi: {
        ...{ method: "POST", path: "/supply/{tenant}/orders/{order}/{supplier}", tags },
        summary: "Look at an order again, order it below the margin or in part, or close it",
        description: "Orders nothing: what is proposed anew is decided like any other action.",
      },
    })
    .input(DecideSupply)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(decideSupply(ctx, input))),
  variants: memberOrStaff("portal:read")
    .meta({
      openapi: { method: "GET", path: "/supply/{tenant}/variants", summary: "The shop’s variants, and what they are at suppliers", tags },
    })
    .input(ListSupplyVariants)
    .output(SupplyVariants)
    .query(({ ctx, input }) => listSupplyVariants(ctx, input)),
  suggest: memberOrStaff("settings:write")
    .meta({
      openapi: {
        ...{ method: "GET", path: `${variant}/suggestions`, tags },
        summary: "What suppliers sell under a variant’s SKU now",
        description: "Asks each connected supplier. Nothing is mapped by it.",
      },
    })
    .input(InVariant)
    .output(SupplySuggestions)
    .query(({ ctx, input }) => suggestSupply(ctx, input)),
  map: memberOrStaff("settings:write")
    .meta({ openapi: { method: "PUT", path: variant, summary: "Say what a variant is at a supplier", tags } })
    .input(MapVariant)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(mapVariant(ctx, input))),
  keep: memberOrStaff("settings:write")
    .meta({ openapi: { method: "POST", path: `${variant}/own`, summary: "Say that the shop sends a variant itself", tags } })
    .input(InVariant)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(keepVariant(ctx, input))),
  unmap: memberOrStaff("settings:write")
    .meta({ openapi: { method: "DELETE", path: variant, summary: "Map a variant no more", tags } })
    .input(InVariant)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(unmapVariant(ctx, input))),
});
