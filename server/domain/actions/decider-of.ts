import type { TenantCtx } from "#server/ctx.ts";

/** Who decided, as an action's row keeps it: a person's id, or the policy. */
export const deciderOf = ({ actor }: TenantCtx): string => (actor.type === "user" ? actor.userId : "policy");
