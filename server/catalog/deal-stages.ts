import type { Pipeline, PipelineStage } from "./actions/hubspot-wire.ts";

/**
 * How far an order or a draft has come. `quote`: a draft that is no order yet. `ordered`: neither paid nor sent. `shipped`: all of it is sent and not paid.
 * `paid`: paid and not all sent. `completed`: both. `cancelled`: cancelled or given back as a whole.
 */
export const purchaseStates = ["quote", "ordered", "shipped", "paid", "completed", "cancelled"] as const;
export type PurchaseState = (typeof purchaseStates)[number];

export interface DealStages {
  pipeline: Pipeline;
  /** Which stage belongs to which state; null: the pipeline has none that would. */
  of: Record<PurchaseState, PipelineStage | null>;
}

/** What a client wrote that the portal does not have. */
export interface Unknown {
  pipeline: string | null;
  stages: readonly string[];
}

const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();

/**
 * Which stages a portal's deals go through: those that the client named, else by what HubSpot says of them: a quote the first open one, an order the second, what was
 * sent unpaid the last, paid is won, cancelled is lost. `unknown` where a name is none of the portal's.
 */
export function stagesOf(
  pipelines: readonly Pipeline[],
  named: { pipeline: string } & Record<PurchaseState, string>,
): { stages: DealStages } | { unknown: Unknown } {
  const pipeline =
    named.pipeline === "" ? pipelines[0] : pipelines.find(({ label, id }) => same(label, named.pipeline) || id === named.pipeline);
  if (!pipeline) return { unknown: { pipeline: named.pipeline, stages: [] } };
  const open = pipeline.stages.filter(({ closed }) => closed === null);
  const closed = (as: "won" | "lost") => pipeline.stages.find((stage) => stage.closed === as) ?? null;
  const usual: Record<PurchaseState, PipelineStage | null> = {
    quote: open[0] ?? null,
    ordered: open[1] ?? open[0] ?? null,
    shipped: open.at(-1) ?? null,
    ...{ paid: closed("won"), completed: closed("won"), cancelled: closed("lost") },
  };
  const found = (state: PurchaseState) => pipeline.stages.find(({ label, id }) => same(label, named[state]) || id === named[state]);
  const missing = purchaseStates.filter((state) => named[state] !== "" && !found(state));
  if (missing.length > 0) return { unknown: { pipeline: null, stages: missing.map((state) => named[state]) } };
  const of = Object.fromEntries(purchaseStates.map((state) => [state, named[state] === "" ? usual[state] : (found(state) ?? null)]));
  return { stages: { pipeline, of: of as DealStages["of"] } };
}

/**
 * Whether a deal may be moved on to a stage. One that stands where it was last seen in step follows the shop, also back; one that a person moved goes
 * forward alone, and not out of a stage that is closed.
 */
export function mayMove(
  { pipeline }: Pick<DealStages, "pipeline">,
  { from, to, ours }: { from: string | null; to: string; ours: string | null },
): boolean {
  if (from === to) return false;
  if (from === null || from === "" || from === ours) return true;
  const [current, wanted] = [from, to].map((id) => pipeline.stages.find((stage) => stage.id === id));
  // In a pipeline of their own it is theirs.
  if (!current || !wanted) return false;
  return current.closed === null && wanted.place > current.place;
}
