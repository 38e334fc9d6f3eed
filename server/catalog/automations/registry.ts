import type { Automation } from "#server/catalog/automation.ts";
import { atRiskCustomerFlow } from "./at-risk-customer-flow.ts";
import { reviewRequestAutomation } from "./review-request-automation.ts";

/** Every automation, in the order in which the portal shows them. */
export const automations: readonly Automation[] = [reviewRequestAutomation, atRiskCustomerFlow];
