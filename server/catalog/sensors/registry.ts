import type { Sensor } from "#server/catalog/sensor.ts";
import { notFound } from "#server/errors.ts";
import { emailHealthSensor } from "./email-health-sensor.ts";
import { ga4Sensor } from "./ga4-sensor.ts";
import { klaviyoSensor } from "./klaviyo-sensor.ts";
import { retentionSensor } from "./retention-sensor.ts";
import { shopifySensor } from "./shopify-sensor.ts";

/** Every sensor, in the order in which the portal shows them. */
export const sensors: readonly Sensor[] = [shopifySensor, retentionSensor, klaviyoSensor, emailHealthSensor, ga4Sensor];

/** The sensor of this id, or `not_found`. */
export function findSensor(id: string): Sensor {
  const sensor = sensors.find((each) => each.id === id);
  if (!sensor) throw notFound("job");
  return sensor;
}
