import type { Outcome, Writer } from "#server/catalog/writer.ts";
import type { TenantCtx } from "#server/ctx.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import { notSent, sendWrite } from "#server/domain/wire/send-write.ts";
import { type OpenFor, openAccess } from "./open-access.ts";

/**
 * What acts with a connected account. Whoever hands it out answers for what is done with it: an action that was decided on, the
 * question in the client's own channel whether to do it, or the subscription to the account's events; nothing that reads is handed one.
 */
export function openWriter(ctx: TenantCtx, held: HeldConnection, more: OpenFor = {}): Writer {
  const { id: connectionId, provider } = held.connection;
  const through = openAccess(ctx, held, more);
  return {
    provider,
    connectionId,
    async send(write, schema) {
      try {
        return await through((access) => sendWrite(ctx, access, write, schema), isRefused);
      } catch (error) {
        // No token was to be had, before the first try or after one whose token was turned away: neither was acted on.
        return notSent(error);
      }
    },
  };
}

const isRefused = (ended: Outcome<unknown>): boolean => ended.outcome === "refused" && ended.failure.kind === "revoked";
