import type { ProviderFault } from "#db/words/incidents.ts";
import type { RunErrorKind, RunStatus } from "#db/words/runs.ts";
import type { Step } from "#server/catalog/job.ts";
import type { PreparedAction } from "#server/domain/actions/prepare-actions.ts";
import type { LogLine } from "./run-log.ts";

/** What a step of a run came to, and what becomes of the run. */
export interface StepOutcome {
  run: string;
  tenantId: string;
  job: string;
  /** What the step found; null where it failed. */
  found: Step<unknown> | null;
  /** What it proposes, made ready. */
  proposed: readonly PreparedAction[];
  /** The connections that the step read from, the first one being where orders come from. */
  connectionIds: readonly string[];
  /** Of these, the ones whose provider answered: a job that reads only what is stored proves nothing of them. */
  answeredIds: readonly string[];
  /** Calls to providers, those that failed too. */
  calls: number;
  /** The connection whose provider failed, and how. */
  failing: { connectionId: string; kind: ProviderFault } | null;
  logs: readonly LogLine[];
  next: {
    status: RunStatus;
    attempt: number;
    step: number;
    availableAt: number;
    errorKind: RunErrorKind | null;
    errorMessage: string | null;
    /** JSON: with these `errorMessage` is a code of ours. */
    errorParams: string | null;
    finishedAt: number | null;
  };
  /** What went wrong on our own side, as JSON that may be written: for the agency's admins alone. */
  defect: string | null;
}

/** The step that this is the outcome of: one that went well has moved on. */
export const stepOf = ({ found, next }: Pick<StepOutcome, "found" | "next">): number => (found ? next.step - 1 : next.step);
