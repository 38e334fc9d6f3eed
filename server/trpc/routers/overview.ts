import * as z from "zod";
import { ShopSummary } from "#server/domain/commerce/schemas.ts";
import { shopSummary } from "#server/domain/commerce/shop-summary.ts";
import { readBackfill } from "#server/domain/metrics/backfill.ts";
import { readChartCsv, readMetrics, readOverview, readSensor } from "#server/domain/metrics/overview.ts";
import { Metrics, ViewInput } from "#server/domain/metrics/schemas.ts";
import { Locale } from "#server/domain/tenancy/schemas.ts";
import { member, memberOrStaff, router, staffIn } from "#server/trpc/init.ts";

/** Without a locale, the words are in the reader's own language. */
const InLocale = z.object({ locale: Locale.optional() });

export const overview = router({
  /** Its schema is held by a test: to look at each of its thousands of values again took as long as to read them. */
  get: member("portal:read")
    .input(InLocale.extend({ view: ViewInput.optional(), metric: z.string().max(200).optional() }))
    .query(({ ctx, input }) => readOverview(ctx, input)),

  /** The same. */
  sensor: member("portal:read")
    .input(InLocale.extend({ view: ViewInput.optional(), sensor: z.string().max(100) }))
    .query(({ ctx, input }) => readSensor(ctx, input)),

  /** How far the first reading of the shop has come: a small question for a page that is looked at meanwhile. */
  backfill: member("portal:read").query(({ ctx }) => readBackfill(ctx)),

  /** One chart's figures as a file. */
  csv: member("portal:read")
    .input(InLocale.extend({ view: ViewInput.optional(), sensor: z.string().max(100), chart: z.string().max(200) }))
    .query(({ ctx, input }) => readChartCsv(ctx, input)),

  ofClient: staffIn.input(InLocale).query(({ ctx, input }) => readOverview(ctx, input)),

  shop: memberOrStaff("portal:read")
    .meta({ openapi: { method: "GET", path: "/shop/{tenant}", summary: "A client's shop: its whole history in six figures" } })
    .output(ShopSummary)
    .query(({ ctx }) => shopSummary(ctx)),

  metrics: memberOrStaff("portal:read")
    .meta({ openapi: { method: "GET", path: "/metrics/{tenant}", summary: "What a client's sensors measured in the last 60 days" } })
    .output(Metrics)
    .query(({ ctx }) => readMetrics(ctx)),
});
