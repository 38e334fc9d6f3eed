import { z } from "zod";
import type { Account } from "#server/catalog/account.ts";
import { Decimal } from "#server/catalog/money.ts";

/** `rows` is absent where there are none; all values are strings (developers.google.com, Analytics Data API, runReport). */
const Reply = z.object({
  rows: z
    .array(z.object({ dimensionValues: z.array(z.object({ value: z.string() })), metricValues: z.array(z.object({ value: Decimal })) }))
    .default([]),
  rowCount: z.number().int().default(0),
  metadata: z.object({ currencyCode: z.string().optional(), timeZone: z.string().optional() }).default({}),
});

const rowsPerPage = 100_000;

export interface ReportRequest {
  /** The property's number. */
  property: string;
  /** Amounts are asked for in this currency. */
  currency: string;
  startDate: string;
  endDate: string;
  /** The first one is `date`, which comes back as YYYY-MM-DD. */
  dimensions: readonly string[];
  metrics: readonly string[];
}

export interface ReportRow {
  dimensions: string[];
  metrics: string[];
}

/** A GA4 report, all of its rows. `timezone` and `currency` are the property's, where it says. */
export async function readReport(
  account: Account,
  { property, currency, startDate, endDate, dimensions, metrics }: ReportRequest,
): Promise<{ rows: ReportRow[]; timezone: string | undefined; currency: string | undefined }> {
  const rows: ReportRow[] = [];
  for (;;) {
    const reply = await account.json(
      {
        method: "POST",
        reads: true,
        service: "analyticsdata",
        path: `/v1beta/properties/${property}:runReport`,
        body: {
          dateRanges: [{ startDate, endDate }],
          dimensions: dimensions.map((name) => ({ name })),
          metrics: metrics.map((name) => ({ name })),
          currencyCode: currency,
          limit: String(rowsPerPage),
          offset: String(rows.length),
        },
      },
      Reply,
    );
    for (const { dimensionValues, metricValues } of reply.rows) {
      const [date = "", ...others] = dimensionValues.map(({ value }) => value);
      const day = date.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
      rows.push({ dimensions: [day, ...others], metrics: metricValues.map(({ value }) => value) });
    }
    const { timeZone, currencyCode } = reply.metadata;
    if (reply.rows.length === 0 || rows.length >= reply.rowCount) return { rows, timezone: timeZone, currency: currencyCode };
  }
}
