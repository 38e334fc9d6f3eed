import type { InferSelectModel } from "drizzle-orm";
import type { webhookDeliveries } from "#db/schema/index.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";

export type DeliveryRow = InferSelectModel<typeof webhookDeliveries>;

/** One delivery as it is worked off. */
export interface Working {
  delivery: DeliveryRow;
  connection: ConnectionRow;
}
