import { exists, type SQL, sql } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";

/** Whether there is a connection of which this holds, as a condition of another statement. */
export const connectionExists = (ctx: TenantCtx, condition: SQL): SQL =>
  exists(ctx.db.select({ one: sql`1` }).from(connections).where(condition));
