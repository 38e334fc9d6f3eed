import type { Tenant } from "#server/ctx.ts";

/** Whether nothing runs for this client: it was suspended, or its end is set. */
export const isStopped = ({ status, endsAt }: Pick<Tenant, "status" | "endsAt">): boolean => status === "suspended" || endsAt !== null;
