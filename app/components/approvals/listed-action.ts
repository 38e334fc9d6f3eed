import type { Outputs } from "#server/trpc/root.ts";

export type Action = Outputs["actions"]["get"];
/** One of a list; of all clients' also whose it is. */
export type ListedAction = Action & { tenantName?: string };

/** Whether there is something to decide. */
export const isOpen = ({ status, agreed }: Pick<Action, "status" | "agreed">): boolean =>
  status === "waiting" || (status === "shadowed" && agreed === null);

/** Whether it may change by itself within seconds; what nobody looks up any more does not. */
export const isUnderWay = ({ status, availableAt }: Pick<Action, "status" | "availableAt">): boolean =>
  status === "approved" || status === "executing" || status === "undoing" || (status === "unsure" && availableAt !== null);

/** Its end is for a person to say: no provider could. */
export const isUnclear = ({ status, availableAt }: Pick<Action, "status" | "availableAt">): boolean =>
  status === "unsure" && availableAt === null;

/** What a list's forms send of an action: whose it is, which, and what was shown of it. */
export const refOf = ({ tenantId, id, hash }: Pick<Action, "tenantId" | "id" | "hash">): string => `${tenantId} ${id} ${hash}`;
