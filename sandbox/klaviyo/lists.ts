import { z } from "zod";
import type { Call, SandboxState } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import { klaviyoError } from "./error.ts";
import { listsOf, shortId } from "./figures.ts";
import { pageOf } from "./page.ts";
import { profilesAt, saveProfile } from "./profiles.ts";
import { invalid, read } from "./read.ts";

interface Asked {
  state: SandboxState;
  account: string;
  call: Call;
  id: string;
}

type ListResource = ReturnType<typeof listsOf>[number];

const stamp = (instant: number) => `${new Date(instant).toISOString().slice(0, 19)}+00:00`;
const notFound = (id: string) => klaviyoError(404, "not_found", "Not found.", `A list with id ${id} does not exist.`);

/** All lists of an account: those that it always had, and those that were made since; a deleted one is gone. */
export function listsAt(state: SandboxState, account: string, now?: number): ListResource[] {
  const made = new Map(
    state.written.list<ListResource | { gone: true }>({ kind: "klaviyo_list", account }, now).map(({ key, body }) => [key, body]),
  );
  const always = listsOf(account).filter(({ id }) => !made.has(id));
  return [...always, ...made.values()].flatMap((each) =>
    "gone" in each ? [] : [made.has(each.id) ? { ...each, profile_count: membersOf(state, account, each.id, now).length } : each],
  );
}

/** Who is on a list, by Klaviyo's ids of profiles, in the order of their coming. */
export function membersOf(state: SandboxState, account: string, list: string, now?: number): string[] {
  const thing = { kind: "klaviyo_members", account, key: list } as const;
  return (now === undefined ? state.written.met<{ ids: string[] }>(thing) : state.written.seen<{ ids: string[] }>(thing, now))?.ids ?? [];
}

function keepMembers(state: SandboxState, account: string, list: string, ids: readonly string[], now: number): void {
  state.written.put({ kind: "klaviyo_members", account, key: list }, { ids: [...ids] }, now);
}

/** Somebody at Klaviyo itself puts people on a list, takes them off, or deletes it, behind everybody's back. */
export const ChangedList = z.object({
  add: z.array(z.string()).default([]),
  remove: z.array(z.string()).default([]),
  delete: z.boolean().default(false),
  name: z.string().optional(),
});

export function changeList(
  state: SandboxState,
  account: string,
  list: string,
  change: z.output<typeof ChangedList>,
  now: number,
): string[] {
  if (change.delete) {
    state.written.put({ kind: "klaviyo_list", account, key: list }, { gone: true }, now);
    return [];
  }
  const found = listsAt(state, account).find(({ id }) => id === list);
  if (found && change.name !== undefined) {
    const renamed = { ...found, attributes: { ...found.attributes, name: change.name } };
    state.written.put({ kind: "klaviyo_list", account, key: list }, renamed, now);
  }
  const kept = membersOf(state, account, list).filter((id) => !change.remove.includes(id));
  const ids = [...new Set([...kept, ...change.add])];
  keepMembers(state, account, list, ids, now);
  return ids;
}

/** `filter=equals(name,"…")`, `any(id,[…])` and the like; ten a page (openapi, get_lists). */
export function listLists({ state, account, call }: Omit<Asked, "id">): Response {
  const filter = call.url.searchParams.get("filter") ?? "";
  const [, by, values = ""] = /^(?:equals|any)\((name|id),(.*)\)$/.exec(filter) ?? [];
  if (filter !== "" && by === undefined) return invalid("Invalid filter provided.");
  const named = new Set([...values.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g)].map(([, double, single]) => double ?? single ?? ""));
  const all = listsAt(state, account, call.now).filter(({ id, attributes }) =>
    by === undefined ? true : named.has(by === "id" ? id : attributes.name),
  );
  return pageOf(
    call,
    all.map(({ profile_count: _, ...rest }) => rest),
    { max: 10 },
  );
}

const ListBody = z.object({
  data: z.object({
    type: z.literal("list"),
    attributes: z.object({ name: z.string().min(1), opt_in_process: z.enum(["single_opt_in", "double_opt_in"]).nullish() }),
  }),
});

/** A new list, however many there are of its name: nothing keeps a repeated call from making another one. */
export function createList({ state, account, call }: Omit<Asked, "id">): Response {
  const body = read(call, ListBody);
  if (body instanceof Response) return body;
  const { now } = call;
  const { name, opt_in_process } = body.data.attributes;
  const id = shortId(`${account} list ${name} ${now} ${state.written.list({ kind: "klaviyo_list", account }).length}`);
  const attributes = { name, created: stamp(now), updated: stamp(now), opt_in_process: opt_in_process ?? "double_opt_in" };
  state.written.put({ kind: "klaviyo_list", account, key: id }, { type: "list", id, attributes, profile_count: 0 }, now);
  state.effects.record({ provider: "klaviyo", kind: "list_created", key: name, account, at: now }, false);
  return json({ data: { type: "list", id, attributes, links: { self: `${call.url.origin}/api/lists/${id}` } } }, 201);
}

/** Ids alone, a hundred a page (openapi, get_profile_ids_for_list). */
export function listMembers({ state, account, call, id }: Asked): Response {
  if (!listsAt(state, account, call.now).some((each) => each.id === id)) return notFound(id);
  const all = membersOf(state, account, id, call.now).map((profile) => ({ type: "profile", id: profile }));
  return pageOf(call, all, { max: 100, usual: 20 });
}

const MembersBody = z.object({
  data: z
    .array(z.object({ type: z.literal("profile"), id: z.string() }))
    .min(1)
    .max(1000),
});

/** Puts profiles on a list (POST) or takes them off it (DELETE): 204, and nobody's consent is another one. */
export function changeMembers({ state, account, call, id }: Asked): Response {
  const body = read(call, MembersBody);
  if (body instanceof Response) return body;
  if (!listsAt(state, account).some((each) => each.id === id)) return notFound(id);
  const { now } = call;
  const ids = body.data.map((each) => each.id);
  const there = membersOf(state, account, id);
  const adds = call.request.method === "POST";
  if (adds) {
    const known = new Set(profilesAt(state, account, { now, seen: false }).map((profile) => profile.id));
    const unknown = ids.find((each) => !known.has(each));
    if (unknown !== undefined) return klaviyoError(404, "not_found", "Not found.", `A profile with id ${unknown} does not exist.`);
  }
  const next = adds ? [...new Set([...there, ...ids])] : there.filter((each) => !ids.includes(each));
  if (next.length !== there.length) keepMembers(state, account, id, next, now);
  const key = `${id} ${ids.length} ${ids[0]}`;
  state.effects.record(
    { provider: "klaviyo", kind: adds ? "members_added" : "members_removed", key, account, at: now },
    next.length === there.length,
  );
  return new Response(null, { status: 204 });
}

const Consented = z.object({ type: z.literal("profile"), attributes: z.object({ email: z.string().nullish() }) });
const UnsubscribeBody = z.object({
  data: z.object({
    type: z.literal("profile-subscription-bulk-delete-job"),
    attributes: z.object({ profiles: z.object({ data: z.array(Consented).min(1).max(100) }) }),
    relationships: z.object({ list: z.object({ data: z.object({ type: z.literal("list"), id: z.string() }) }) }).nullish(),
  }),
});

/**
 * Unsubscribes people: those on the named list from that list, and everybody else from all that is sent
 * (../shared/writes-and-voice.md, Klaviyo / consent and suppression). That it happened is seen at the profile and among the effects.
 */
export function unsubscribe({ state, account, call }: Omit<Asked, "id">): Response {
  const body = read(call, UnsubscribeBody);
  if (body instanceof Response) return body;
  const { now } = call;
  const list = body.data.relationships?.list.data.id;
  const members = list === undefined ? [] : membersOf(state, account, list);
  const wanted = new Set(body.data.attributes.profiles.data.map(({ attributes }) => attributes.email?.toLowerCase() ?? ""));
  for (const profile of profilesAt(state, account, { now, seen: false })) {
    if (!wanted.has(profile.email?.toLowerCase() ?? "-")) continue;
    if (members.includes(profile.id) && list !== undefined) {
      keepMembers(
        state,
        account,
        list,
        membersOf(state, account, list).filter((id) => id !== profile.id),
        now,
      );
      continue;
    }
    saveProfile(state, account, { ...profile, consent: { ...profile.consent, email: "UNSUBSCRIBED" }, updated: stamp(now) }, now);
    state.effects.record({ provider: "klaviyo", kind: "unsubscribed_everywhere", key: profile.id, account, at: now }, false);
  }
  return new Response(null, { status: 202 });
}
