import { type Ctx, enterTenant, type Tenant } from "#server/ctx.ts";
import { findTenant } from "#server/domain/tenants/find-tenant.ts";
import { DomainError } from "#server/errors.ts";
import type { TokenMessage } from "#server/messages.ts";
import { probeDue } from "./probe-connection.ts";
import { renewDue } from "./renew-due.ts";

/** Does one thing to one connection ahead of its need. Throws what the queue shall try again. */
export async function workToken(ctx: Ctx, message: TokenMessage): Promise<void> {
  const tenant = await findOrNothing(ctx, message.tenant);
  if (!tenant) return;
  const tenantCtx = enterTenant(ctx, tenant, "system");
  switch (message.type) {
    case "token.renew":
      await renewDue(tenantCtx, message.connection);
      return;
    case "token.probe":
      await probeDue(tenantCtx, { connectionId: message.connection });
      return;
    default:
      message satisfies never;
  }
}

/** A client that was erased since is not missed. */
async function findOrNothing(ctx: Ctx, id: string): Promise<Tenant | null> {
  try {
    return await findTenant(ctx, id);
  } catch (error) {
    if (error instanceof DomainError && error.kind === "not_found") return null;
    throw error;
  }
}
