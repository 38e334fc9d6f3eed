import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { Decimal } from "#server/catalog/money.ts";

/**
 * `rows` is absent where there are none, `dimensionValues` where no dimension was asked for; all values are strings
 * (developers.google.com, Analytics Data API, runReport).
 */
const Reply = z.object({
  rows: z
    .array(
      z.object({
        dimensionValues: z.array(z.object({ value: z.string() })).default([]),
        metricValues: z.array(z.object({ value: Decimal })),
      }),
    )
    .default([]),
  rowCount: z.number().int().default(0),
  metadata: z
    .object({
      currencyCode: z.string().optional(),
      timeZone: z.string().optional(),
      /** Rows of few people may be hidden. */
      subjectToThresholding: z.boolean().default(false),
      /** What this person may not see comes back as 0. */
      schemaRestrictionResponse: z
        .object({ activeMetricRestrictions: z.array(z.object({ metricName: z.string().default("") })).default([]) })
        .optional(),
    })
    .default({ subjectToThresholding: false }),
});

const rowsPerPage = 100_000;

export interface ReportRequest {
  /** The property's number. */
  property: string;
  startDate: string;
  endDate: string;
  dimensions: readonly string[];
  metrics: readonly string[];
}

export interface ReportRow {
  /** `date` as YYYY-MM-DD. */
  dimensions: string[];
  metrics: string[];
}

export interface Report {
  rows: ReportRow[];
  /** The property's, where the reply says it: days and amounts are its own, nothing is converted. */
  timezone: string | undefined;
  currency: string | undefined;
  /** Metrics that the person behind the connection may not see. */
  hidden: string[];
  thresholded: boolean;
}

/** A GA4 report, all of its rows. */
export async function readReport(account: Account, request: ReportRequest): Promise<Report> {
  const { property, startDate, endDate, dimensions, metrics } = request;
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
          limit: String(rowsPerPage),
          offset: String(rows.length),
        },
      },
      Reply,
    );
    for (const { dimensionValues, metricValues } of reply.rows) {
      const values = dimensionValues.map(({ value }, place) => (dimensions[place] === "date" ? dayOfText(value) : value));
      rows.push({ dimensions: values, metrics: metricValues.map(({ value }) => value) });
    }
    const { timeZone, currencyCode, schemaRestrictionResponse, subjectToThresholding } = reply.metadata;
    if (reply.rows.length > 0 && rows.length < reply.rowCount) continue;
    const hidden = (schemaRestrictionResponse?.activeMetricRestrictions ?? []).map(({ metricName }) => metricName);
    return { rows, timezone: timeZone, currency: currencyCode, hidden, thresholded: subjectToThresholding };
  }
}

const dayOfText = (date: string) => date.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
