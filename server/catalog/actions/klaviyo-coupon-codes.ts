import * as z from "zod";
import { type Doing, defineAction, type Tried, triedOf } from "./action.ts";
import { followJobs, klaviyoWriting, orNull, progressOf, startJob, underWay } from "./klaviyo-wire.ts";
import { impersonal, instantText, labels } from "./payload.ts";

const Payload = z.strictObject({
  coupon: z.strictObject({ id: z.string().regex(/^[A-Za-z][0-9A-Za-z_]{0,49}$/), description: impersonal(200) }),
  codes: z
    .array(z.strictObject({ code: z.string().regex(/^[A-Z0-9][A-Z0-9-]{3,49}$/), endsAt: z.iso.datetime() }))
    .min(1)
    .max(1000),
});
type Payload = z.output<typeof Payload>;

const Any = z.object({ data: z.object({ id: z.string() }) });
/** Each is looked up by itself: a step asks for so many at most. */
const codesAStep = 100;

/** Makes the coupon known, where it is not: a second one of its id is refused (openapi, create_coupon), which says that it is there. */
async function keepCoupon({ account, writer }: Doing, { id, description }: Payload["coupon"]): Promise<Tried | null> {
  if (await orNull(account.json({ path: `/api/coupons/${id}`, headers: { accept: klaviyoWriting.accept } }, Any))) return null;
  const body = { data: { type: "coupon", attributes: { external_id: id, description } } };
  const outcome = await writer.send({ method: "POST", path: "/api/coupons", headers: klaviyoWriting, body }, Any);
  return outcome.outcome === "refused" && outcome.status === 409 ? null : triedOf(outcome);
}

/**
 * Codes that the shop has made, made known to Klaviyo as one coupon's: so that its own emails can show them and it counts them. It makes no
 * discount: in a chain it stands behind what does, and a code that Klaviyo knows and the shop does not is one that fails at the checkout.
 *
 * Done once: a code has the id that its coupon and itself make (openapi, get_coupon_code), by which it is looked up before, and one that is
 * there is refused by its row alone. Codes cannot be taken back from whom Klaviyo has sent them; they end with the shop's own.
 */
export const klaviyoCouponCodes = defineAction<Payload>({
  id: "klaviyo-coupon-codes",
  title: { en: "Add codes to Klaviyo", fr: "Ajouter des codes à Klaviyo", he: "הוספת קודים ל-Klaviyo" },
  need: { provider: "klaviyo", scopes: ["coupons:read", "coupons:write", "coupon-codes:read", "coupon-codes:write"] },
  payload: Payload,
  touches: "internal",
  idempotency: "natural",
  describe({ coupon, codes }) {
    const [first] = codes;
    const one = codes.length === 1;
    const what = one ? String(first?.code) : String(codes.length);
    return {
      sentence: {
        en: one
          ? `Make the code ${what} known to Klaviyo, under its coupon “${coupon.id}”.`
          : `Make ${what} codes known to Klaviyo, under its coupon “${coupon.id}”.`,
        fr: one
          ? `Faire connaître le code ${what} à Klaviyo, sous son coupon « ${coupon.id} ».`
          : `Faire connaître ${what} codes à Klaviyo, sous son coupon « ${coupon.id} ».`,
        he: one ? `הוספת הקוד ${what} ל-Klaviyo, תחת הקופון “${coupon.id}”.` : `הוספת ${what} קודים ל-Klaviyo, תחת הקופון “${coupon.id}”.`,
      },
      fields: [
        { label: labels.coupon, value: coupon.id },
        { label: labels.codes, value: String(codes.length) },
        ...(first ? [{ label: labels.ends, value: instantText(first.endsAt) }] : []),
      ],
    };
  },
  chunks: ({ coupon, codes }) =>
    Array.from({ length: Math.ceil(codes.length / codesAStep) }, (_, at) => ({
      coupon,
      codes: codes.slice(at * codesAStep, (at + 1) * codesAStep),
    })),
  async execute(doing, { coupon, codes }): Promise<Tried> {
    let progress = await followJobs(doing.account, progressOf(doing));
    if (progress.jobs.length > 0) return underWay(progress);
    if (doing.looked === undefined) {
      const kept = await keepCoupon(doing, coupon);
      if (kept) return kept;
      const missing: Payload["codes"] = [];
      for (const each of codes) {
        const path = `/api/coupon-codes/${coupon.id}-${each.code}`;
        if (!(await orNull(doing.account.json({ path, headers: { accept: klaviyoWriting.accept } }, Any)))) missing.push(each);
      }
      if (missing.length > 0) {
        const data = missing.map(({ code, endsAt }) => ({
          type: "coupon-code",
          attributes: { unique_code: code, expires_at: endsAt },
          relationships: { coupon: { data: { type: "coupon", id: coupon.id } } },
        }));
        const body = { data: { type: "coupon-code-bulk-create-job", attributes: { "coupon-codes": { data } } } };
        const started = await startJob(doing, { path: "/api/coupon-code-bulk-create-jobs", body, rows: missing.map(({ code }) => code) });
        if ("did" in started) return started;
        progress = await followJobs(doing.account, { ...progress, jobs: [started] });
        if (progress.jobs.length > 0) return underWay(progress);
      }
    }
    // What is there already is as it should be.
    const { refused } = progress;
    return { did: "done", receipt: { id: coupon.id, ...(refused.length > 0 && { refused }) } };
  },
});
