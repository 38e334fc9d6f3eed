import { and, desc, eq, sql } from "drizzle-orm";
import { flowCalls, runs } from "#db/schema/index.ts";
import type { FlowCode } from "#db/words/flow.ts";
import type { FlowMay } from "#server/catalog/automations/shopify-flow-bridge.ts";
import type { FlowActionHandle } from "#server/catalog/flow-actions.ts";
import { findAutomation, findJob } from "#server/catalog/jobs.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { findPolicy } from "#server/domain/actions/find-policy.ts";
import { modeChangesOf } from "#server/domain/actions/mode-changes.ts";
import { setPolicy } from "#server/domain/actions/set-policy.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";
import { notify } from "#server/domain/notices/notify.ts";
import { startRun } from "#server/domain/runs/start-run.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict } from "#server/errors.ts";

export interface FlowDone {
  code: FlowCode;
  params: Record<string, string>;
}

/** A call that is to be done: its row's id, and what the merchant filled in. */
export interface FlowCall {
  id: string;
  properties: Readonly<Record<string, string>>;
}

/** Each action: what of the settings lets it, and what does it. Doing it once more, after nobody knows whether it was done, does nothing more. */
export const flowDoers: Readonly<Record<FlowActionHandle, { may: keyof FlowMay; act(ctx: TenantCtx, call: FlowCall): Promise<FlowDone> }>> =
  {
    "run-sync": { may: "runs", act: runSync },
    "pause-automation": { may: "pauses", act: pause },
    "resume-automation": { may: "resumes", act: resume },
    "leave-note": { may: "notes", act: leaveNote },
  };

const idOf = (text = ""): string => text.trim().toLowerCase();

async function runSync(ctx: TenantCtx, { properties }: FlowCall): Promise<FlowDone> {
  const job = findJob(idOf(properties.sync)).id;
  const before = await startedBy(ctx, job);
  if (before !== undefined) return { code: "run_started", params: { job, run: before } };
  const { id } = await startRun(ctx, { job });
  return { code: (await startedBy(ctx, job)) === id ? "run_started" : "run_open", params: { job, run: id } };
}

/** The run that this very call started: it carries the request in which the call first came, also after its end was lost. */
async function startedBy(ctx: TenantCtx, job: string): Promise<string | undefined> {
  const [run] = await ctx.db
    .select({ id: runs.id })
    .from(runs)
    .where(inTenant(ctx, runs, eq(runs.job, job), eq(runs.requestId, ctx.request.id)))
    .limit(1);
  return run?.id;
}

async function pause(ctx: TenantCtx, { properties }: FlowCall): Promise<FlowDone> {
  const automation = findAutomation(idOf(properties.automation)).id;
  const { mode } = await findPolicy(ctx, { automation });
  if (mode === "off" || mode === "shadow") return { code: "paused_already", params: { automation } };
  await setPolicy(ctx, { automation, mode: "shadow", was: { mode } });
  return { code: "paused", params: { automation } };
}

/** Never further than to asking first: whatever a workflow ended, people said that it may act by itself, and say so again. */
async function resume(ctx: TenantCtx, { properties }: FlowCall): Promise<FlowDone> {
  const automation = findAutomation(idOf(properties.automation)).id;
  const { mode } = await findPolicy(ctx, { automation });
  if (mode === "approve" || mode === "auto") return { code: "resumed_already", params: { automation } };
  const [change] = await modeChangesOf(ctx, automation, 1);
  if (mode !== "shadow" || !change || !(await wasPausedAt(ctx, automation, change.at))) throw conflict("flow_not_paused");
  await setPolicy(ctx, { automation, mode: "approve", was: { mode } });
  return { code: "resumed", params: { automation } };
}

/** Whether the change of mode at this instant was made by a call of a workflow. */
async function wasPausedAt(ctx: TenantCtx, automation: string, at: number): Promise<boolean> {
  const [call] = await ctx.db
    .select({ id: flowCalls.id })
    .from(flowCalls)
    .where(
      inTenant(
        ctx,
        flowCalls,
        and(eq(flowCalls.action, "pause-automation"), eq(flowCalls.code, "paused")),
        sql`${flowCalls.params} ->> 'automation' = ${automation} and ${flowCalls.receivedAt} <= ${at} and ${flowCalls.finishedAt} >= ${at}`,
      ),
    )
    .orderBy(desc(flowCalls.receivedAt))
    .limit(1);
  return call !== undefined;
}

/** People are told of notes at most so often: what comes in between stands where they look. */
const toldOfMs = 6 * 3_600_000;

/** The note itself stands at the call. People are told first: where our end is lost Flow asks again, and they are told once. */
async function leaveNote(ctx: TenantCtx, { id }: FlowCall): Promise<FlowDone> {
  requirePermission(ctx, "runs:start");
  const part = Math.floor(ctx.now() / toldOfMs);
  await notify(ctx, { mail: { v: 1, type: "mail.flow_note", tenant: ctx.tenant.id, part }, event: part });
  const own = inTenant(ctx, flowCalls, eq(flowCalls.id, id), eq(flowCalls.status, "begun"));
  await commitIf(ctx, sql`exists (select 1 from ${flowCalls} where ${own})`, "flow.note_left", { call: id }, [
    ctx.db.update(flowCalls).set({ status: "done", code: "note_left", answered: 200, finishedAt: ctx.now() }).where(own),
  ]);
  return { code: "note_left", params: {} };
}
