import type { Choice, Provider } from "#server/catalog/provider.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { conflict, invalid } from "#server/errors.ts";
import { findConnection } from "./hold-connection.ts";
import type { ConnectionRow } from "./rows.ts";

/**
 * A connection of this tenant and the kind of thing that is chosen under it. Throws `not_found`, `invalid` for a kind that its
 * provider does not have, `conflict` where it was disconnected.
 */
export async function findChoice(
  ctx: TenantCtx,
  { connectionId, kind }: { connectionId: string; kind: string },
): Promise<{ connection: ConnectionRow; provider: Provider; choice: Choice }> {
  const connection = await findConnection(ctx, connectionId);
  const provider = findProvider(connection.provider);
  const choice = provider.choices?.find((each) => each.kind === kind);
  if (!choice) throw invalid("kind", "choice_unknown", { provider: provider.name });
  if (connection.status === "disconnected") throw conflict("account_disconnected");
  return { connection, provider, choice };
}
