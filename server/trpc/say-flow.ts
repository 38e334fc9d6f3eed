import type { StoredFlow } from "#server/domain/flow/read-flow.ts";
import type { FlowActivity } from "#server/domain/flow/schemas.ts";
import { type Voice, voiceOf } from "./voice.ts";

/** What stands between a client and Shopify Flow as it goes out: why something was sent, and what was answered, in words. */
export const sayFlow = (door: { voice?: Voice }, { sent, received, ...rest }: StoredFlow): FlowActivity => ({
  ...rest,
  sent: sent.map(({ why, ...each }) => ({ ...each, because: voiceOf(door).text(why) })),
  received: received.map(({ says, ...each }) => ({ ...each, answer: says && voiceOf(door).text(says) })),
});
