import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { ProviderError } from "#server/errors.ts";
import { type Doing, type Tried, triedOf } from "./action.ts";

const type = "application/vnd.api+json";
export const klaviyoWriting = { accept: type, "content-type": type };
const reading = { accept: type };

const Marketing = z.object({ consent: z.string().nullish() });
const Profiles = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      attributes: z.object({
        external_id: z.string().nullish(),
        subscriptions: z
          .object({
            email: z.object({ marketing: Marketing.extend({ can_receive_email_marketing: z.boolean().nullish() }).nullish() }).nullish(),
            sms: z.object({ marketing: Marketing.extend({ can_receive_sms_marketing: z.boolean().nullish() }).nullish() }).nullish(),
          })
          .nullish(),
      }),
    }),
  ),
});
export type KlaviyoProfile = z.output<typeof Profiles>["data"][number];

/** As many as a page may hold: so many are found in one call. */
export const profilesAPage = 100;

/** The profiles that are there of these ids or addresses. No name and no address is asked for, so that none can come. */
export async function findProfiles(
  account: Account,
  by: "external_id" | "email" | "id",
  values: readonly string[],
): Promise<KlaviyoProfile[]> {
  const query = new URLSearchParams({
    filter: `any(${by},${JSON.stringify(values)})`,
    "fields[profile]": "external_id,subscriptions",
    "additional-fields[profile]": "subscriptions",
    "page[size]": String(profilesAPage),
  });
  const { data } = await account.json({ path: `/api/profiles?${query}`, headers: reading }, Profiles);
  return data;
}

export const chunked = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));

const Lists = z.object({
  data: z.array(z.object({ id: z.string(), attributes: z.object({ name: z.string(), created: z.string().nullish() }) })),
});

/** The list of this name that was there first; null where none is. Names are no keys at Klaviyo: several lists may have one. */
export async function findListByName(account: Account, name: string): Promise<string | null> {
  const query = new URLSearchParams({ filter: `equals(name,${JSON.stringify(name)})`, "fields[list]": "name,created" });
  const { data } = await account.json({ path: `/api/lists?${query}`, headers: reading }, Lists);
  const own = data.filter(({ attributes }) => attributes.name === name);
  own.sort((a, b) => (a.attributes.created ?? "").localeCompare(b.attributes.created ?? ""));
  return own[0]?.id ?? null;
}

/** Whether a list is still there, and its name today. */
export async function findList(account: Account, id: string): Promise<{ name: string } | null> {
  const query = new URLSearchParams({ filter: `equals(id,${JSON.stringify(id)})`, "fields[list]": "name,created" });
  const { data } = await account.json({ path: `/api/lists?${query}`, headers: reading }, Lists);
  const own = data.find((each) => each.id === id);
  return own ? { name: own.attributes.name } : null;
}

/** What is asked for by its id; null where there is none, which Klaviyo refuses with a 404. */
export async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ProviderError && error.kind === "rejected") return null;
    throw error;
  }
}

/** A job that Klaviyo works through later, and which of our rows it was given, in their order. */
const Started = z.object({ job: z.string(), rows: z.array(z.string()) });
type Started = z.output<typeof Started>;
const Refused = z.object({ id: z.string(), why: z.string() });
export type Refused = z.output<typeof Refused>;

/** What a step of such jobs has come to, kept between its turns as `looked`. */
const Progress = z.object({
  jobs: z.array(Started),
  /** Rows of jobs that are over. */
  over: z.array(z.string()),
  refused: z.array(Refused),
  /** Rows that were to be made and are there: they are to be changed. */
  there: z.array(z.string()),
  /** Rows that a job has made. */
  created: z.array(z.string()).default([]),
  /** Rows that others had made, and are changed all the same. */
  overwritten: z.array(z.string()).default([]),
  /** How often it was found still under way. */
  looks: z.number().int().default(0),
});
export type Progress = z.output<typeof Progress>;

export const progressOf = ({ looked }: Pick<Doing, "looked">): Progress =>
  Progress.parse(looked === undefined ? { jobs: [], over: [], refused: [], there: [] } : JSON.parse(looked));

const Job = z.object({ data: z.object({ id: z.string() }) });
const JobState = z.object({
  data: z.object({
    attributes: z.object({
      status: z.string(),
      errors: z
        .array(
          z.object({
            code: z.string().nullish(),
            title: z.string().nullish(),
            detail: z.string().nullish(),
            source: z.object({ pointer: z.string().nullish() }).nullish(),
          }),
        )
        .nullish(),
    }),
  }),
});

/** How soon a job that is not over is looked at again: each time twice as long after, up to the most. */
const againInS = 5;
const mostInS = 300;
/** Where so many jobs are in progress that no more is taken, that is no failure of this one. */
const fullInS = 60;
const isFull = /jobs? (is |are )?(in progress|queued)|(in progress|queued) jobs?/i;
const isThere = /duplicate|already exist/i;

/** Begins a job; a refusal because others are in progress is a limit, to be waited for. */
export async function startJob(
  { writer }: Pick<Doing, "writer">,
  { path, body, rows }: { path: string; body: object; rows: readonly string[] },
): Promise<Started | Exclude<Tried, { did: "done" | "under_way" }>> {
  const outcome = await writer.send({ method: "POST", path, headers: klaviyoWriting, body }, Job);
  if (outcome.outcome === "refused" && isFull.test(outcome.failure.message)) return { did: "limited", retryAfterS: fullInS };
  const tried = triedOf(outcome);
  if (tried) return tried;
  const id = outcome.outcome === "done" ? outcome.body?.data.id : undefined;
  // It was taken, and nobody can say as what: the next look finds what came of it.
  return id === undefined ? { did: "unsure", reason: "a job without an id" } : { job: `${path}/${id}`, rows: [...rows] };
}

/** Looks at all jobs that are not over; those that are add what they refused, by row. */
export async function followJobs(account: Account, progress: Progress): Promise<Progress> {
  const { over, refused, there, created } = progress;
  const next: Progress = { ...progress, jobs: [], over: [...over], refused: [...refused], there: [...there], created: [...created] };
  for (const started of progress.jobs) {
    const found = await orNull(account.json({ path: started.job, headers: reading }, JobState));
    const { status = "complete", errors } = found?.data.attributes ?? {};
    if (status !== "complete" && status !== "cancelled") {
      next.jobs.push(started);
      continue;
    }
    const again = new Set<string>();
    const failed = new Set<string>();
    let isVague = false;
    for (const { code, detail, title, source } of errors ?? []) {
      const place = /\/data\/(\d+)/.exec(source?.pointer ?? "")?.[1];
      const id = place === undefined ? undefined : started.rows[Number(place)];
      const why = (detail ?? title ?? code ?? "refused").slice(0, 300);
      if (id === undefined) {
        isVague = true;
        next.refused.push({ id: "", why });
        continue;
      }
      failed.add(id);
      if (isThere.test(`${code} ${detail}`) && !next.there.includes(id)) {
        next.there.push(id);
        again.add(id);
      } else next.refused.push({ id, why });
    }
    if (status === "cancelled") next.refused.push(...started.rows.map((id) => ({ id, why: "The job was cancelled." })));
    else {
      next.over.push(...started.rows.filter((id) => !again.has(id)));
      if (found !== null && !isVague && /-bulk-create-jobs\//.test(started.job))
        next.created.push(...started.rows.filter((id) => !failed.has(id)));
    }
  }
  return next;
}

/** That jobs are still worked through: looked at again by the next turn. */
export const underWay = ({ looks, ...progress }: Progress): Tried => ({
  did: "under_way",
  looked: JSON.stringify({ ...progress, looks: looks + 1 }),
  inS: Math.min(againInS * 2 ** looks, mostInS),
});
