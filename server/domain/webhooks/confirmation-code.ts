import type { Ctx } from "#server/ctx.ts";
import { linkToken } from "#server/domain/vault/sign-in-tokens.ts";

/** What a person may look a privacy request up by: the same for each delivery of it, and nobody's guess. */
export const confirmationCode = (ctx: Ctx, eventKey: string): string => linkToken(ctx.config, "privacy", eventKey);
