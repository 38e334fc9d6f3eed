import { z } from "zod";
import type { Call, SandboxState } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import { klaviyoError } from "./error.ts";
import { endOf, type RowError, takeJob, tooMany } from "./jobs.ts";
import { read } from "./read.ts";

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
interface Code {
  unique_code: string;
  expires_at: string;
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
    else if (state.written.met(thing))
      errors.push({ code: "duplicate", detail: "This code already exists.", at, of: "/attributes/unique_code" });
    else {
      const expires_at = attributes.expires_at ?? new Date(call.now + 365 * 86_400_000).toISOString();
      state.written.put(thing, { unique_code: attributes.unique_code, expires_at }, endOf(state, account, call.now));
    }
  }
  const key = `${rows.length} ${rows[0]?.attributes.unique_code}`;
  state.effects.record({ provider: "klaviyo", kind: "coupon_codes_created", key, account, at: call.now }, errors.length === rows.length);
  return takeJob(asked, { type, list: "coupon-codes", total: rows.length, errors });
}

/** By its coupon's id and the code itself, with a dash between them (openapi, get_coupon_code). */
export function showCode({ state, account, call, id }: Asked & { id: string }): Response {
  const found = state.written.seen<Code>({ kind: "klaviyo_coupon_code", account, key: id }, call.now);
  return found ? json({ data: { type: "coupon-code", id, attributes: { ...found, status: "UNASSIGNED" } } }) : notFound("coupon code", id);
}
