import type { AppliedChange } from "#sandbox/shop/changes.ts";
import type { Shop } from "#sandbox/shop/model.ts";
import { type Parcel, parcelsOf } from "#sandbox/shop/parcels.ts";
import { iso } from "./views.ts";

/** What Shopify says of something that happened, in the fields of its REST resources. */
export interface ShopEvent {
  topic: string;
  payload: unknown;
}

/**
 * What a shop says of a change: orders, products and customers that are gone, products that are sold otherwise, and parcels. A resource
 * that is gone is its id alone; of a customer some fields more stand there, empty (shopify.dev, Webhooks). Parcels that nobody told the
 * sandbox of go their way unsaid, as those of a carrier that reports nothing.
 */
export function eventsOf({ before, after, change, now }: { before: Shop; after: Shop; change: AppliedChange; now: number }): ShopEvent[] {
  const { deletions = [], products = [], parcels = [], departures = [] } = change;
  return [
    ...deletions.map((id) => ({ topic: "orders/delete", payload: { id } })),
    ...products.map(({ code, gone, changedAt }) => {
      const id = before.productByCode.get(code)?.id;
      if (gone) return { topic: "products/delete", payload: { id } };
      const admin_graphql_api_id = `gid://shopify/Product/${id}`;
      return { topic: "products/update", payload: { id, admin_graphql_api_id, title: code, updated_at: iso(changedAt), variants: [] } };
    }),
    ...departures.map((id) => ({ topic: "customers/delete", payload: goneCustomer(id) })),
    ...parcels.flatMap(({ orderId }) => parcelEvents(parcelsIn(before, orderId, now), parcelsIn(after, orderId, now), orderId, now)),
  ];
}

const goneCustomer = (id: number) => ({
  id,
  phone: null,
  addresses: [],
  tax_exemptions: [],
  email_marketing_consent: null,
  sms_marketing_consent: null,
  admin_graphql_api_id: `gid://shopify/Customer/${id}`,
});

function parcelsIn(shop: Shop, orderId: number, now: number): Parcel[] {
  const order = shop.orders.find(({ id }) => id === orderId);
  return order ? parcelsOf(order, now) : [];
}

/** Of a parcel that is new, and of one that a carrier or the merchant says something else of. */
function parcelEvents(before: readonly Parcel[], after: readonly Parcel[], orderId: number, now: number): ShopEvent[] {
  return after.flatMap((parcel) => {
    const known = before.find(({ id }) => id === parcel.id);
    if (known && known.displayStatus === parcel.displayStatus && known.deliveredAt === parcel.deliveredAt) return [];
    const said = known === undefined ? "fulfillments/create" : "fulfillments/update";
    const fulfilment = { topic: said, payload: fulfilmentBody(parcel, orderId, now) };
    return parcel.displayStatus === "DELIVERED"
      ? [fulfilment, { topic: "fulfillment_events/create", payload: arrived(parcel, orderId) }]
      : [fulfilment];
  });
}

const carrierWords: Record<Parcel["displayStatus"], string | null> = {
  FULFILLED: null,
  CANCELED: null,
  IN_TRANSIT: "in_transit",
  DELIVERED: "delivered",
};

const fulfilmentBody = ({ id, status, displayStatus, createdAt }: Parcel, orderId: number, now: number) => ({
  id,
  order_id: orderId,
  status: status.toLowerCase(),
  created_at: iso(createdAt),
  service: "manual",
  updated_at: iso(now),
  tracking_company: "UPS",
  shipment_status: carrierWords[displayStatus],
  email: "buyer@example.com",
  destination: { first_name: "Sam", address1: "1 Example Street", city: "London", country_code: "GB" },
  line_items: [],
  tracking_number: "1Z2345",
  name: `#${orderId}.1`,
  admin_graphql_api_id: `gid://shopify/Fulfillment/${id}`,
});

const arrived = ({ id, deliveredAt }: Parcel, orderId: number) => ({
  id: id * 10,
  fulfillment_id: id,
  order_id: orderId,
  status: "delivered",
  message: "Left with Sam",
  happened_at: iso(deliveredAt ?? 0),
  city: "London",
  zip: "E1",
  admin_graphql_api_id: `gid://shopify/FulfillmentEvent/${id * 10}`,
});
