import type { Sensor } from "#server/catalog/sensor.ts";
import { customerBaseSensor } from "./customer-base-sensor.ts";
import { emailHealthSensor } from "./email-health-sensor.ts";
import { ga4Sensor } from "./ga4-sensor.ts";
import { klaviyoSensor } from "./klaviyo-sensor.ts";
import { retentionSensor } from "./retention-sensor.ts";
import { shopifyDetailsSensor } from "./shopify-details-sensor.ts";
import { shopifySensor } from "./shopify-sensor.ts";

/** Every sensor, in the order in which the portal shows them. */
export const sensors: readonly Sensor[] = [
  shopifySensor,
  retentionSensor,
  klaviyoSensor,
  emailHealthSensor,
  ga4Sensor,
  shopifyDetailsSensor,
  customerBaseSensor,
];
