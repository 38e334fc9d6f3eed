import type { Automation } from "#server/catalog/automation.ts";
import { atRiskCustomerFlow } from "./at-risk-customer-flow.ts";
import { birthdayAnniversaryFlow } from "./birthday-anniversary-flow.ts";
import { churnPredictionResilient } from "./churn-prediction-resilient.ts";
import { priceDropAlerts } from "./price-drop-alerts.ts";
import { referralProgramAutomation } from "./referral-program-automation.ts";
import { replenishmentReminder } from "./replenishment-reminder.ts";
import { reviewRequestAutomation } from "./review-request-automation.ts";

/** Every automation, in the order in which the portal shows them. */
export const automations: readonly Automation[] = [
  reviewRequestAutomation,
  atRiskCustomerFlow,
  priceDropAlerts,
  birthdayAnniversaryFlow,
  replenishmentReminder,
  referralProgramAutomation,
  churnPredictionResilient,
];
