import type { InferSelectModel } from "drizzle-orm";
import type { actionSteps, actions, policies } from "#db/schema/index.ts";

export type ActionRow = InferSelectModel<typeof actions>;
export type StepRow = InferSelectModel<typeof actionSteps>;
export type PolicyRow = InferSelectModel<typeof policies>;
