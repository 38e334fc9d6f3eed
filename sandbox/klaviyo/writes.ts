import { z } from "zod";
import type { Call, SandboxState } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import type { KeptEvent } from "./events.ts";
import { shortId } from "./figures.ts";
import { findProfile, Identifiers, newProfile, profilesAt, saveProfile } from "./profiles.ts";
import { invalid, read } from "./read.ts";

const yearMs = 366 * 86_400_000;

const Named = z.object({ type: z.literal("metric"), attributes: z.object({ name: z.string().min(1).max(127) }) });
const Meant = z.object({ type: z.literal("profile"), id: z.string().nullish(), attributes: Identifiers });
/** ../shared/writes-and-voice.md, Klaviyo / events. */
const EventBody = z.object({
  data: z.object({
    type: z.literal("event"),
    attributes: z.object({
      properties: z.record(z.string(), z.unknown()).refine((all) => Object.keys(all).length <= 400),
      time: z.iso.datetime({ offset: true }).nullish(),
      value: z.number().nullish(),
      value_currency: z.string().length(3).nullish(),
      unique_id: z.string().nullish(),
      metric: z.object({ data: Named }),
      profile: z.object({ data: Meant }),
    }),
  }),
});
/** ../shared/writes-and-voice.md, Klaviyo / profiles and lists. */
const ImportBody = z.object({
  data: z.object({
    type: z.literal("profile-bulk-import-job"),
    attributes: z.object({
      profiles: z.object({
        data: z
          .array(Meant.extend({ attributes: Identifiers.extend({ properties: z.record(z.string(), z.unknown()).nullish() }) }))
          .min(1)
          .max(10_000),
      }),
    }),
  }),
});

interface Asked {
  state: SandboxState;
  account: string;
  call: Call;
}

/** One event. A `unique_id` that the profile and the metric have had is taken, and dropped without a word. */
export function createEvent({ state, account, call }: Asked): Response {
  const body = read(call, EventBody);
  if (body instanceof Response) return body;
  const { now } = call;
  const { time, unique_id, metric, profile } = body.data.attributes;
  const at = time ? Date.parse(time) : now;
  if (at < Date.parse("1990-01-01T00:00:00Z") || at > now + yearMs) return invalid("The time is out of range.", "/data/attributes/time");
  const { id, attributes } = profile.data;
  if (!id && !attributes.email && !attributes.phone_number && !attributes.external_id) {
    return invalid("One of email, phone_number, external_id, anonymous_id or id is required.", "/data/attributes/profile");
  }
  const known = findProfile(profilesAt(state, account, { now, seen: false }), id, attributes);
  if (!known && id) return invalid("A profile with this id does not exist.", "/data/attributes/profile/data/id");
  const subject = known ?? newProfile(state, account, attributes, now);
  // Without an id of its own an event is the one of its second.
  const key = unique_id ?? String(Math.floor(at / 1000));
  const thing = { kind: "klaviyo_event", account, key: JSON.stringify([subject.id, metric.data.attributes.name, key]) } as const;
  const repeated = state.written.met(thing) !== undefined;
  const event: KeptEvent = { metric: metric.data.attributes.name, profile: subject.id, at, properties: body.data.attributes.properties };
  if (!repeated) state.written.put(thing, event, now);
  state.effects.record({ provider: "klaviyo", kind: "event", key, account, at: now }, repeated);
  return new Response(null, { status: 202 });
}

/** Many profiles at once: those that are there are written to, all others are made. Null clears nothing here, as it does elsewhere. */
export function importProfiles({ state, account, call }: Asked): Response {
  const body = read(call, ImportBody);
  if (body instanceof Response) return body;
  const { now } = call;
  const profiles = profilesAt(state, account, { now, seen: false });
  const wanted = body.data.attributes.profiles.data;
  let changed = 0;
  for (const { id, attributes } of wanted) {
    const { properties, ...by } = attributes;
    const known = findProfile(profiles, id, by);
    // One of the job's own errors, which nobody waits for.
    if (!known && id) continue;
    const profile = known ?? newProfile(state, account, by, now);
    const given = Object.entries(properties ?? {}).filter(([, value]) => value !== null);
    const next = { ...profile.properties, ...Object.fromEntries(given) };
    if (JSON.stringify(next) === JSON.stringify(profile.properties)) continue;
    changed += 1;
    saveProfile(state, account, { ...profile, properties: next, updated: `${new Date(now).toISOString().slice(0, 19)}+00:00` }, now);
  }
  const id = shortId(`${account} import ${now} ${call.body.length}`);
  state.effects.record({ provider: "klaviyo", kind: "profiles_imported", key: id, account, at: now }, changed === 0);
  return json(
    { data: { type: "profile-bulk-import-job", id, attributes: { status: "queued", total_count: wanted.length }, links: {} } },
    202,
  );
}
