import { z } from "zod";
import type { Call, SandboxState } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import { klaviyoError } from "./error.ts";
import { endOf, type RowError, settingsOf, takeJob, tooMany } from "./jobs.ts";
import { pageOf } from "./page.ts";
import { invalid, read } from "./read.ts";

interface Asked {
  state: SandboxState;
  account: string;
  call: Call;
}

const CouponBody = z.object({
  data: z.object({
    type: z.literal("coupon"),
    attributes: z.object({ external_id: z.string().regex(/^[0-9A-Za-z_]+$/), description: z.string().nullish() }),
  }),
});
interface Coupon {
  external_id: string;
  description?: string | null | undefined;
}
/** openapi, get_coupon_codes. */
const statuses = ["ASSIGNED_TO_PROFILE", "DELETING", "PROCESSING", "UNASSIGNED", "USED", "VERSION_NOT_ACTIVE"] as const;
interface Code {
  unique_code: string;
  expires_at: string;
  coupon: string;
  status: (typeof statuses)[number];
}

const notFound = (what: string, id: string) => klaviyoError(404, "not_found", "Not found.", `A ${what} with id ${id} does not exist.`);
const couponOf = (id: string, attributes: Coupon) => ({ type: "coupon", id, attributes });

/** A coupon by the id that it has in the shop: a second one of that id is refused. */
export function createCoupon({ state, account, call }: Asked): Response {
  const body = read(call, CouponBody);
  if (body instanceof Response) return body;
  const { attributes } = body.data;
  const thing = { kind: "klaviyo_coupon", account, key: attributes.external_id } as const;
  if (state.written.met(thing)) return klaviyoError(409, "conflict", "Conflict.", "A coupon with this external_id already exists.");
  state.written.put(thing, attributes, call.now);
  state.effects.record({ provider: "klaviyo", kind: "coupon_created", key: attributes.external_id, account, at: call.now }, false);
  return json({ data: couponOf(attributes.external_id, attributes) }, 201);
}

export function showCoupon({ state, account, call, id }: Asked & { id: string }): Response {
  const found = state.written.seen<Coupon>({ kind: "klaviyo_coupon", account, key: id }, call.now);
  return found ? json({ data: couponOf(id, found) }) : notFound("coupon", id);
}

const CodesBody = z.object({
  data: z.object({
    type: z.literal("coupon-code-bulk-create-job"),
    attributes: z.object({
      "coupon-codes": z.object({
        data: z
          .array(
            z.object({
              type: z.literal("coupon-code"),
              attributes: z.object({ unique_code: z.string().min(1), expires_at: z.iso.datetime({ offset: true }).nullish() }),
              relationships: z.object({ coupon: z.object({ data: z.object({ type: z.literal("coupon"), id: z.string() }) }) }),
            }),
          )
          .min(1)
          .max(1000),
      }),
    }),
  }),
});

/** Many codes of coupons that there are; a code that is there is one of the job's errors. */
export function createCodes(asked: Asked): Response {
  const { state, account, call } = asked;
  const body = read(call, CodesBody);
  if (body instanceof Response) return body;
  const type = "coupon-code-bulk-create-job";
  const full = tooMany(asked, type);
  if (full) return full;
  const rows = body.data.attributes["coupon-codes"].data;
  const errors: RowError[] = [];
  for (const [at, { attributes, relationships }] of rows.entries()) {
    const coupon = relationships.coupon.data.id;
    const thing = { kind: "klaviyo_coupon_code", account, key: `${coupon}-${attributes.unique_code}` } as const;
    if (!state.written.met({ kind: "klaviyo_coupon", account, key: coupon }))
      errors.push({ code: "not_found", detail: `A coupon with id ${coupon} does not exist.`, at, of: "/relationships/coupon" });
    else if (settingsOf(state, account).refuse.includes(attributes.unique_code))
      errors.push({
        code: "invalid",
        detail: `The code ${attributes.unique_code} cannot be processed.`,
        at,
        of: "/attributes/unique_code",
      });
    else if (state.written.met(thing))
      errors.push({ code: "duplicate", detail: "This code already exists.", at, of: "/attributes/unique_code" });
    else {
      const expires_at = attributes.expires_at ?? new Date(call.now + 365 * 86_400_000).toISOString();
      const code: Code = { unique_code: attributes.unique_code, expires_at, coupon, status: "UNASSIGNED" };
      state.written.put(thing, code, endOf(state, account, call.now));
    }
  }
  const key = `${rows.length} ${rows[0]?.attributes.unique_code}`;
  state.effects.record({ provider: "klaviyo", kind: "coupon_codes_created", key, account, at: call.now }, errors.length === rows.length);
  return takeJob(asked, { type, list: "coupon-codes", total: rows.length, errors });
}

const codeOf = (id: string, { coupon, ...attributes }: Code) => ({
  ...{ type: "coupon-code", id, attributes },
  relationships: { coupon: { data: { type: "coupon", id: coupon } } },
});

/** By its coupon's id and the code itself, with a dash between them (openapi, get_coupon_code). */
export function showCode({ state, account, call, id }: Asked & { id: string }): Response {
  const found = state.written.seen<Code>({ kind: "klaviyo_coupon_code", account, key: id }, call.now);
  return found ? json({ data: codeOf(id, found) }) : notFound("coupon code", id);
}

/** Of a coupon, which must be named, also of one status alone; a hundred a page (openapi, get_coupon_codes). */
export function listCodes({ state, account, call }: Asked): Response {
  const filter = call.url.searchParams.get("filter") ?? "";
  const wanted = (field: string) => new RegExp(`equals\\(${field},["']([^"']*)["']\\)`).exec(filter)?.[1];
  const [coupon, status] = [wanted("coupon.id"), wanted("status")];
  if (coupon === undefined) return invalid("A coupon.id or profile.id filter is required.");
  const all = state.written
    .list<Code>({ kind: "klaviyo_coupon_code", account }, call.now)
    .filter(({ body }) => body.coupon === coupon && (status === undefined || body.status === status))
    .map(({ key, body }) => codeOf(key, body));
  return pageOf(call, all, { max: 100, usual: 100 });
}

/** Takes a code away, whoever has it (openapi, delete_coupon_code). */
export function deleteCode({ state, account, call, id }: Asked & { id: string }): Response {
  const thing = { kind: "klaviyo_coupon_code", account, key: id } as const;
  const found = state.written.met<Code>(thing);
  if (!found) return notFound("coupon code", id);
  state.written.put(thing, null, call.now);
  state.effects.record({ provider: "klaviyo", kind: "coupon_code_deleted", key: id, account, at: call.now }, false);
  return new Response(null, { status: 204 });
}

/** What becomes of the first codes of a coupon that are not handed out yet, as Klaviyo's own emails do it. */
export const GivenCodes = z.object({
  coupon: z.string(),
  status: z.enum(statuses).optional(),
  expires_at: z.iso.datetime().optional(),
  many: z.number().int().min(0),
  /** As they are before. */
  was: z.enum(statuses).default("UNASSIGNED"),
});

export function giveCodes(
  state: SandboxState,
  account: string,
  { coupon, many, was, ...change }: z.output<typeof GivenCodes>,
  now: number,
): string[] {
  const free = state.written
    .list<Code>({ kind: "klaviyo_coupon_code", account })
    .filter(({ body }) => body.coupon === coupon && body.status === was);
  for (const { key, body } of free.slice(0, many))
    state.written.put({ kind: "klaviyo_coupon_code", account, key }, { ...body, ...change }, now);
  return free.map(({ body }) => body.unique_code);
}
