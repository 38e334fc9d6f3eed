import { and, eq } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import { peopleScopes } from "#server/catalog/actions/slack-posts.ts";
import { grantsAll } from "#server/catalog/provider.ts";
import { approvalsChannel, slack } from "#server/catalog/providers/slack.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inOrder } from "#server/domain/connections/choose-account.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

export interface Channel {
  connection: ConnectionRow;
  channel: string;
}

/** Where what waits is posted: the channel that the client chose at the first of its own accounts that has one. Null where it chose none. */
export async function findChannel(ctx: TenantCtx): Promise<Channel | null> {
  const own = await ctx.db
    .select()
    .from(connections)
    .where(inTenant(ctx, connections, and(eq(connections.provider, slack.id), eq(connections.status, "active"))));
  for (const connection of inOrder(own)) {
    const chosen = connection.chosen.find(({ kind, gone }) => kind === approvalsChannel && !gone);
    if (chosen && grantsAll(slack, connection, ["chat:write"])) return { connection, channel: chosen.id };
  }
  return null;
}

/** Whether who presses a button there can be known. Without that a post has a link. */
export const knowsPeople = (connection: ConnectionRow): boolean => grantsAll(slack, connection, peopleScopes);
