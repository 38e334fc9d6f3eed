import type { InferSelectModel } from "drizzle-orm";
import type { findings } from "#db/schema/index.ts";

export type FindingRow = InferSelectModel<typeof findings>;
