import { type Ctx, enterTenant } from "#server/ctx.ts";
import { agencyDebtor } from "#server/domain/connections/debtor.ts";
import { probeDue } from "#server/domain/health/probe-connection.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { payDue } from "#server/domain/tokens/claim-debts.ts";
import { renewDue } from "#server/domain/tokens/renew-due.ts";
import { ifFound } from "#server/errors.ts";
import type { TokenMessage } from "#server/messages.ts";
import { endReplaced } from "./end-replaced.ts";

/** Does one thing to one connection ahead of its need. Throws what the queue shall try again. */
export async function workToken(ctx: Ctx, message: TokenMessage): Promise<void> {
  if (message.type === "token.give_back" && message.tenant === "") return payDue(agencyDebtor(ctx), message.connection);
  // A client that was erased since is not missed.
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  if (!tenant) return;
  const tenantCtx = enterTenant(ctx, tenant, "system");
  switch (message.type) {
    case "token.renew":
      await renewDue(tenantCtx, message.connection);
      return;
    case "token.probe":
      await probeDue(tenantCtx, { connectionId: message.connection });
      return;
    case "token.end_key":
      await endReplaced(tenantCtx, { connectionId: message.connection });
      return;
    case "token.give_back":
      await payDue(tenantCtx, message.connection);
      return;
    default:
      message satisfies never;
  }
}
