import type { ConnectionKind, ConnectionStatus } from "#db/words/connections.ts";
import type { ScheduleBlock } from "#db/words/runs.ts";
import type { Job } from "#server/catalog/job.ts";
import { requiredNeeds, requiredScopes } from "#server/catalog/job.ts";
import { grantsAll } from "#server/catalog/provider.ts";
import { providers } from "#server/catalog/providers/registry.ts";

/** What must be known of a connection to say whether a job may read it. */
export interface ConnectionFacts {
  /** Ids sort by time: the smaller one was there first, however often it was connected again. */
  id: string;
  provider: string;
  externalId: string;
  kind: ConnectionKind;
  status: ConnectionStatus;
  scopesGranted: readonly string[];
  chosen: readonly { kind: string; id: string; gone?: boolean }[];
  preferredAt: number | null;
  /** Lent by the agency. */
  lent?: true;
}

type Needs = Pick<Job, "needs">;
export type AccountBlock = Extract<
  ScheduleBlock,
  "not_connected" | "reconnect_needed" | "missing_scopes" | "choice_needed" | "choice_gone"
>;

/**
 * The one account that a job reads at a provider, or what keeps it from having one. Whoever blocks schedules, runs jobs or
 * describes them asks here, so that all of them mean the same account.
 *
 * Accounts are taken in the client's order (`inOrder`): the first that allows what the job needs and has what it needs
 * chosen. Where that one waits for a new sign-in the job waits too: another account's figures are not its own. Where none of its own
 * serves, the one that the agency lends does.
 */
export function chooseAccount<C extends ConnectionFacts>(
  job: Needs,
  provider: string,
  connections: readonly C[],
): { account: C } | { block: AccountBlock } {
  const all = connections.filter((each) => each.provider === provider);
  const found = chooseAmong(
    job,
    provider,
    all.filter(({ lent }) => !lent),
  );
  if ("account" in found || found.block === "reconnect_needed") return found;
  const lent = chooseAmong(
    job,
    provider,
    all.filter((each) => each.lent),
  );
  return "account" in lent ? lent : found;
}

function chooseAmong<C extends ConnectionFacts>(
  job: Needs,
  provider: string,
  connections: readonly C[],
): { account: C } | { block: AccountBlock } {
  const needs = job.needs.filter((need) => need.provider === provider);
  const scopes = needs.flatMap(requiredScopes);
  const kinds = needs.flatMap(({ resource }) => resource ?? []);
  const own = inOrder(connections.filter((each) => each.status !== "disconnected"));
  if (own.length === 0) return { block: "not_connected" };
  const shelved = providers.find(({ id }) => id === provider);
  const allowing = own.filter((connection) => grantsAll(shelved, connection, scopes));
  const hasChosen = ({ chosen }: C) => kinds.every((kind) => chosen.some((each) => each.kind === kind && !each.gone));
  const meeting = allowing.filter(hasChosen);
  const [first] = meeting;
  // One account may be connected both ways: where one of them waits, the other one serves.
  const usable = meeting.find((each) => each.externalId === first?.externalId && each.status === "active");
  if (usable) return { account: usable };
  if (first || own.every(({ status }) => status === "reconnect_needed")) return { block: "reconnect_needed" };
  if (allowing.length === 0) return { block: "missing_scopes" };
  const lostOne = allowing.some(({ chosen }) => chosen.some(({ kind, gone }) => gone && kinds.includes(kind)));
  return { block: lostOne ? "choice_gone" : "choice_needed" };
}

/**
 * Connections of one provider in the client's order: the account that it said, then the one that was there first, so that
 * connecting another one takes nothing away from the jobs. Of one account's two ways OAuth comes before the key.
 */
export function inOrder<C extends ConnectionFacts>(own: readonly C[]): C[] {
  const saidAt = ({ externalId }: C) =>
    Math.max(...own.filter((each) => each.externalId === externalId).map(({ preferredAt }) => preferredAt ?? 0));
  const firstId = ({ externalId }: C) =>
    own.reduce((first, each) => (each.externalId === externalId && each.id < first ? each.id : first), "~");
  const byId = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...own].sort(
    (a, b) => saidAt(b) - saidAt(a) || byId(firstId(a), firstId(b)) || Number(a.kind === "key") - Number(b.kind === "key"),
  );
}

/**
 * What a job's figures come from: each provider's account and what is chosen there. Null while it is blocked. Figures of
 * two sources must not be drawn as one line. An account that the job can do without is none of them: with it the same is known better.
 */
export function sourceOf(job: Needs, connections: readonly ConnectionFacts[]): string | null {
  const parts: string[] = [];
  for (const provider of new Set(requiredNeeds(job).map((need) => need.provider))) {
    const found = chooseAccount(job, provider, connections);
    if ("block" in found) return null;
    const kinds = job.needs.flatMap((need) => (need.provider === provider && need.resource) || []);
    const chosen = found.account.chosen.filter(({ kind, gone }) => !gone && kinds.includes(kind)).map(({ kind, id }) => `${kind}=${id}`);
    parts.push([provider, found.account.externalId, ...chosen.sort()].join(" "));
  }
  return parts.join("; ");
}
