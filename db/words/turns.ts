/** Queues in which clients take turns. */
export const turnQueues = ["runs", "actions"] as const;
export type TurnQueue = (typeof turnQueues)[number];
