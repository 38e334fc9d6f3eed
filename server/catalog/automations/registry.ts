import type { Automation } from "#server/catalog/automation.ts";
import { atRiskCustomerFlow } from "./at-risk-customer-flow.ts";
import { birthdayAnniversaryFlow } from "./birthday-anniversary-flow.ts";
import { churnPredictionResilient } from "./churn-prediction-resilient.ts";
import { dropshippingOrderFlow } from "./dropshipping-order-flow.ts";
import { hubspotB2bCrm } from "./hubspot-b2b-crm.ts";
import { klaviyoCatalogSync } from "./klaviyo-catalog-sync.ts";
import { klaviyoCouponPool } from "./klaviyo-coupon-pool.ts";
import { klaviyoSegmentLists } from "./klaviyo-segment-lists.ts";
import { priceDropAlerts } from "./price-drop-alerts.ts";
import { referralProgramAutomation } from "./referral-program-automation.ts";
import { replenishmentReminder } from "./replenishment-reminder.ts";
import { reviewRequestAutomation } from "./review-request-automation.ts";
import { shopifyFlowBridge } from "./shopify-flow-bridge.ts";

const watched: readonly Automation[] = [
  reviewRequestAutomation,
  atRiskCustomerFlow,
  priceDropAlerts,
  birthdayAnniversaryFlow,
  replenishmentReminder,
  referralProgramAutomation,
  churnPredictionResilient,
  hubspotB2bCrm,
  klaviyoSegmentLists,
  klaviyoCatalogSync,
  klaviyoCouponPool,
  dropshippingOrderFlow,
];

/** Every automation, in the order in which the portal shows them. The last one watches the others. */
export const automations: readonly Automation[] = [...watched, shopifyFlowBridge(watched)];
