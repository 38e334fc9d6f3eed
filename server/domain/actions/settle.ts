import { eq, sql } from "drizzle-orm";
import { actions } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import type { Ending, GivenUp, Held } from "./acting.ts";
import { noting } from "./note-step.ts";

const untrue = ({ why, said }: Extract<GivenUp, { ends: "voided" }>) => ({
  reason: why,
  ...(said !== undefined && { failureMessage: said }),
});

/** Writes how it ended, if the lease still holds. */
export async function settle(ctx: TenantCtx, held: Held, ending: Ending): Promise<void> {
  const { action, lease } = held;
  if (ending.ends === "lost") return;
  const now = ctx.now();
  const undoing = action.status === "undoing";
  const over = { lease: null, availableAt: null, finishedAt: now };
  const failed = (failure: { kind: string; message: string }) => ({
    failureKind: failure.kind,
    failureMessage: ctx.log.redact(failure.message).slice(0, 500),
  });
  const changes = () => {
    switch (ending.ends) {
      case "done":
      case "undone":
      case "expired":
        return { ...over, status: ending.ends };
      case "unsure":
        return { lease: null, availableAt: null, status: "unsure" as const, ...(ending.failure && failed(ending.failure)) };
      case "failed":
        return { ...over, status: "failed" as const, ...failed(ending.failure) };
      case "kept":
        return { lease: null, availableAt: null, status: "done" as const, ...failed(ending.failure) };
      case "voided":
        return { ...over, status: "voided" as const, ...untrue(ending) };
      case "later":
        return {
          lease: null,
          availableAt: now + ending.inMs,
          status: undoing ? ("undoing" as const) : ending.unsure ? ("unsure" as const) : ("approved" as const),
          ...(ending.givenUp?.ends === "failed" && failed(ending.givenUp.failure)),
          ...(ending.givenUp?.ends === "voided" && untrue(ending.givenUp)),
          ...(ending.untried && { attempt: sql`${actions.attempt} - 1` }),
        };
      default:
        return ending satisfies never;
    }
  };
  const settled = ctx.db
    .update(actions)
    .set(changes())
    .where(inTenant(ctx, actions, eq(actions.id, action.id), eq(actions.lease, lease)));
  const last = ending.ends === "done" ? ending.last : undefined;
  if (last) await ctx.db.batch([noting(ctx, held, last, { status: "done", looked: null, receipt: last.receipt }), settled]);
  else await settled;
}
