import type { ActionKind } from "./action.ts";
import { bigbuyOrder } from "./bigbuy-order.ts";
import { cjOrder } from "./cj-order.ts";
import { cjPayment } from "./cj-payment.ts";
import { hubspotContacts } from "./hubspot-contacts.ts";
import { hubspotDeals } from "./hubspot-deals.ts";
import { klaviyoCatalog } from "./klaviyo-catalog.ts";
import { klaviyoCouponCodes } from "./klaviyo-coupon-codes.ts";
import { klaviyoEvent } from "./klaviyo-event.ts";
import { klaviyoList } from "./klaviyo-list.ts";
import { klaviyoListMembers } from "./klaviyo-list-members.ts";
import { klaviyoProfiles } from "./klaviyo-profiles.ts";
import { shopifyCustomerFields } from "./shopify-customer-fields.ts";
import { shopifyDiscount } from "./shopify-discount.ts";
import { shopifyDiscountCodes } from "./shopify-discount-codes.ts";
import { shopifyFlowTrigger } from "./shopify-flow-trigger.ts";
import { shopifyFulfilment } from "./shopify-fulfilment.ts";
import { shopifyTags } from "./shopify-tags.ts";
import { shopifyWebPixel } from "./shopify-web-pixel.ts";
import { slackMessage } from "./slack-message.ts";

/** Every kind of thing that can be done outside. */
export const actionKinds: readonly ActionKind[] = [
  ...[klaviyoEvent, klaviyoProfiles, klaviyoList, klaviyoListMembers, klaviyoCatalog, klaviyoCouponCodes],
  ...[shopifyTags, shopifyDiscount, shopifyDiscountCodes, shopifyFlowTrigger, shopifyWebPixel, slackMessage],
  ...[cjOrder, cjPayment, bigbuyOrder, shopifyFulfilment],
  ...[hubspotContacts, hubspotDeals, shopifyCustomerFields],
];

/** The kind of this id; undefined for one that is no more on the shelf. */
export const kindOf = (id: string): ActionKind | undefined => actionKinds.find((each) => each.id === id);
