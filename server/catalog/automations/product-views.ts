import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { openPlaces, readPages } from "#server/catalog/places.ts";
import { klaviyoHeaders, readAll } from "#server/catalog/sensors/klaviyo-reads.ts";
import { ProviderError, type ProviderFailureKind } from "#server/errors.ts";

/** What reading them takes at Klaviyo. */
export const viewScopes = ["metrics:read", "events:read"];

/** The metric that Klaviyo's own snippet, or a storefront's, tracks; its integration is called API (help.klaviyo.com, Shopify data reference). */
const metricName = "Viewed Product";
const viewsAPage = 1000;
/** Of all views together, the newest: each page may weigh a megabyte or two. */
const pagesAtMost = 10;
/** What it can do without. A token that is refused, and a revision that ended, concern all that is done at Klaviyo. */
const borne: readonly ProviderFailureKind[] = ["rate_limited", "unavailable", "missing_scopes", "rejected"];

/** An id is a number where a theme writes it, and a text where a storefront of one's own does. */
const Viewed = z.object({ ProductID: z.union([z.string(), z.number().int().transform(String)]) });
const Page = z.object({
  data: z.array(
    z.object({
      attributes: z.object({ datetime: z.iso.datetime({ offset: true }), event_properties: z.record(z.string(), z.unknown()).nullish() }),
      relationships: z.object({ profile: z.object({ data: z.object({ id: z.string() }).nullish() }).nullish() }).nullish(),
    }),
  ),
  included: z.array(z.object({ id: z.string(), attributes: z.object({ external_id: z.string().nullish() }) })).nullish(),
  links: z.object({ next: z.string().nullish() }).nullish(),
});

export interface View {
  product: string;
  /** The shop's id. */
  customerId: string;
  at: number;
}

export interface ProductViews {
  /** The newest first. */
  views: View[];
  /** False where there were more than are read. */
  complete: boolean;
  /** Kinds of calls that failed and were done without. */
  despite: readonly ProviderFailureKind[];
  /** Whether the account has a metric of them; null where nobody answered. */
  tracked: boolean | null;
}

/**
 * Who looked at which product at or after an instant, as Klaviyo was told: of people of whom it knows the shop's id (`external_id`). No
 * address is asked for, so that none can come, and nothing of it is kept.
 *
 * Events are found by metric and time, and the product is matched by who asks: the OpenAPI of 2026-07-15 (klaviyo/openapi f0a30ba,
 * openapi/stable/apis/get_events.json) filters events by `metric_id`, `profile_id`, `datetime` and `timestamp` alone. That of 2026-10-15,
 * the revision that we speak, also names `properties` (developers.klaviyo.com/en/reference/get_events.md), whose operators were to be read
 * nowhere. "Custom metrics are not supported in the `metric_id` filter" is said of what is made by the Custom Metrics API: a metric of
 * tracked events, as this one, is listed by `/api/metrics`. `ProductID` is the shop's own id of the product, without its gid
 * (developers.klaviyo.com, Integrate with a Shopify Hydrogen store; skill klaviyo-store-analytics, storefront-events).
 */
export async function readProductViews(account: Account, { since }: { since: number }): Promise<ProductViews> {
  const places = openPlaces();
  try {
    const metrics = await readAll(account, {
      ...{ path: "/api/metrics?fields[metric]=name", attributes: z.object({ name: z.string().nullish() }), places },
    });
    const views: View[] = [];
    let complete = true;
    // Two integrations may track it, each with a metric of that name.
    const own = metrics.filter(({ attributes }) => attributes.name === metricName);
    for (const { id } of own) {
      const most = Math.floor(pagesAtMost / own.length);
      const read = await readPages((next) => viewsOf(account, next ?? `/api/events?${queryOf(id, since)}`), { most, places });
      views.push(...read.items);
      complete &&= read.complete;
    }
    return { views: views.sort((one, other) => other.at - one.at), complete, despite: places.despite, tracked: own.length > 0 };
  } catch (error) {
    if (!(error instanceof ProviderError) || !borne.includes(error.kind)) throw error;
    return { views: [], complete: true, despite: [...places.despite, error.kind], tracked: null };
  }
}

const queryOf = (metric: string, since: number): URLSearchParams =>
  new URLSearchParams({
    filter: `and(equals(metric_id,"${metric}"),greater-or-equal(datetime,${new Date(since).toISOString()}))`,
    sort: "-datetime",
    include: "profile",
    "fields[event]": "datetime,event_properties",
    "fields[profile]": "external_id",
    "page[size]": String(viewsAPage),
  });

async function viewsOf(account: Account, path: string): Promise<{ items: View[]; next: string | null | undefined }> {
  const { data, included, links } = await account.json({ path, headers: klaviyoHeaders }, Page);
  const customers = new Map((included ?? []).map(({ id, attributes }) => [id, attributes.external_id]));
  const items = data.flatMap(({ attributes, relationships }) => {
    const viewed = Viewed.safeParse(attributes.event_properties);
    const customerId = customers.get(relationships?.profile?.data?.id ?? "");
    return viewed.success && customerId ? [{ product: viewed.data.ProductID, customerId, at: Date.parse(attributes.datetime) }] : [];
  });
  return { items, next: links?.next };
}

/** Who looked at this product, each once and by their last look, the latest first. */
export function viewersOf({ views }: Pick<ProductViews, "views">, product: string): Map<string, number> {
  const last = new Map<string, number>();
  for (const { product: seen, customerId, at } of views) if (seen === product && !last.has(customerId)) last.set(customerId, at);
  return last;
}
