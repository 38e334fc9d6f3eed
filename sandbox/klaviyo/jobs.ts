import type { Call, SandboxState } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import { klaviyoError } from "./error.ts";
import { shortId } from "./figures.ts";
import { invalid } from "./read.ts";

/** Of a kind so many may be in progress at a time (openapi, bulk_create_catalog_items and bulk_create_coupon_codes). */
const mostInProgress = { catalog: 500, coupon: 100 } as const;

export interface RowError {
  code: string;
  detail: string;
  /** The place of the row in the request, and what of it. */
  at: number;
  of: string;
}

interface Job {
  type: string;
  total: number;
  list: string;
  errors: RowError[];
  beginsAt: number;
  endsAt: number;
}

const stamp = (instant: number) => new Date(instant).toISOString().replace("Z", "000+00:00");

/** How an account's jobs go: how long they take, which rows they refuse, and how many of others are in progress. */
export interface JobSettings {
  takeMs: number;
  refuse: string[];
  others: number;
}

export const settingsOf = (state: SandboxState, account: string): JobSettings =>
  state.written.met<JobSettings>({ kind: "klaviyo_job", account, key: "settings" }) ?? { takeMs: 200, refuse: [], others: 0 };

/** When a job that begins now is done: what it changes is there from then on. */
export const endOf = (state: SandboxState, account: string, now: number): number => now + settingsOf(state, account).takeMs;

/** Takes a job that is worked through later: queued, then processing, then complete with what it could not do of single rows. */
export function takeJob(
  { state, account, call }: { state: SandboxState; account: string; call: Call },
  { type, list, total, errors }: Pick<Job, "type" | "list" | "total" | "errors">,
): Response {
  const id = `01JOB${shortId(`${account} ${type} ${call.now}`)}${state.written.list({ kind: "klaviyo_job", account }).length}`;
  const job: Job = { type, list, total, errors, beginsAt: call.now, endsAt: endOf(state, account, call.now) };
  state.written.put({ kind: "klaviyo_job", account, key: id }, job, call.now);
  return json({ data: resourceOf(id, job, call) }, 202);
}

/** How it is refused where too many are in progress; null where one more may begin. */
export function tooMany({ state, account, call }: { state: SandboxState; account: string; call: Call }, type: string): Response | null {
  const most = type.startsWith("catalog") ? mostInProgress.catalog : mostInProgress.coupon;
  const open = state.written
    .list<Job>({ kind: "klaviyo_job", account })
    .filter(({ key, body }) => key !== "settings" && body.type.slice(0, 6) === type.slice(0, 6) && body.endsAt > call.now);
  return open.length + settingsOf(state, account).others < most
    ? null
    : invalid(`The maximum number of jobs in progress at one time is ${most}.`, "/data");
}

export function showJob({ state, account, call, id }: { state: SandboxState; account: string; call: Call; id: string }): Response {
  const job = state.written.met<Job>({ kind: "klaviyo_job", account, key: id });
  if (!job) return klaviyoError(404, "not_found", "Not found.", `A job with id ${id} does not exist.`);
  return json({ data: resourceOf(id, job, call) });
}

function resourceOf(id: string, { type, list, total, errors, beginsAt, endsAt }: Job, { now, url }: Call) {
  const part = endsAt === beginsAt ? 1 : Math.min(1, (now - beginsAt) / (endsAt - beginsAt));
  const isOver = part >= 1;
  const failed = new Set(errors.map(({ at }) => at)).size;
  return {
    type,
    id,
    attributes: {
      status: isOver ? "complete" : part < 0.3 ? "queued" : "processing",
      created_at: stamp(beginsAt),
      total_count: total,
      completed_count: isOver ? total - failed : Math.floor((total - failed) * part),
      failed_count: isOver ? failed : 0,
      completed_at: isOver ? stamp(endsAt) : null,
      errors: isOver
        ? errors.map(({ code, detail, at, of }, place) => ({
            ...{ id: `${id}-${place}`, code, title: "Invalid input.", detail },
            source: { pointer: `/data/attributes/${list}/data/${at}${of}` },
          }))
        : [],
      expires_at: stamp(endsAt + 30 * 86_400_000),
    },
    links: { self: `${url.origin}/api/${type}s/${id}` },
  };
}
