import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { ProviderError } from "#server/errors.ts";
import { type Attempt, type Doing, defineAction, type Tried, triedOf } from "./action.ts";
import { codeBatch, codesABatch, codesOf, partsOf, withCodes } from "./code-batch.ts";
import { followJobs, klaviyoWriting, orNull, progressOf, startJob, underWay } from "./klaviyo-wire.ts";
import { impersonal, instantText, labels } from "./payload.ts";

export const CouponId = z.string().regex(/^[A-Za-z][0-9A-Za-z_]{0,49}$/);
const common = { coupon: z.strictObject({ id: CouponId, description: impersonal(200) }), ...codeBatch };
const Payload = z
  .discriminatedUnion("way", [
    /** `handOutUntil`: from then on Klaviyo gives none of them to anybody. */
    z.strictObject({ way: z.literal("add"), ...common, handOutUntil: z.iso.datetime() }),
    z.strictObject({ way: z.literal("withdraw"), ...common }),
  ])
  .refine(({ from, count }) => from + count <= codesABatch, "more than a batch has");
type Payload = z.output<typeof Payload>;

/** Each may have to be taken away by itself: a step asks for so many at most. */
const codesAStep = 100;
/** A coupon of more is looked through no further. */
const pagesAtMost = 100;
/** How soon codes that Klaviyo is still taking in are looked for again. */
const processingS = 60;

const reading = { accept: klaviyoWriting.accept };
const Coupon = z.object({ data: z.object({ id: z.string(), attributes: z.object({ description: z.string().nullish() }).nullish() }) });

/**
 * Whose the coupon of this name is: ours where it says of itself what we say of it, which names its terms too; so that codes of other terms
 * never come into it. Null where there is none.
 */
export async function findCoupon(account: Account, { id, description }: Payload["coupon"]): Promise<"ours" | "other" | null> {
  const found = await orNull(account.json({ path: `/api/coupons/${id}`, headers: reading }, Coupon));
  if (!found) return null;
  return found.data.attributes?.description === description ? "ours" : "other";
}

const notOurs: Tried = { did: "failed", failure: { kind: "rejected", message: "a coupon of this name is there that was not made here" } };

/** Makes the coupon known, where it is not; null once it is there and ours. */
async function keepCoupon({ account, writer }: Doing, coupon: Payload["coupon"]): Promise<Tried | null> {
  const found = await findCoupon(account, coupon);
  if (found !== null) return found === "ours" ? null : notOurs;
  const body = { data: { type: "coupon", attributes: { external_id: coupon.id, description: coupon.description } } };
  const outcome = await writer.send({ method: "POST", path: "/api/coupons", headers: klaviyoWriting, body }, Coupon);
  // A second one of its id is refused (openapi, create_coupon): whose that is, only a read says.
  if (outcome.outcome !== "refused" || outcome.status !== 409) return triedOf(outcome);
  const owner = await findCoupon(account, coupon);
  if (owner === null) return { did: "unsure", reason: "the coupon is there and not shown yet" };
  return owner === "ours" ? null : notOurs;
}

const Codes = z.object({
  data: z.array(z.object({ id: z.string(), attributes: z.object({ unique_code: z.string().nullish() }) })),
  links: z.object({ next: z.string().nullish() }).nullish(),
});

/** The ids of those of some codes that a coupon has in a status. Throws where there are more than are looked through. */
async function listOwn(
  account: Account,
  { coupon, status, own }: { coupon: string; status: "PROCESSING" | "UNASSIGNED"; own: ReadonlySet<string> },
): Promise<string[]> {
  const ids: string[] = [];
  const filter = `and(equals(coupon.id,"${coupon}"),equals(status,"${status}"))`;
  let path: string | null = `/api/coupon-codes?${new URLSearchParams({ filter, "page[size]": "100" })}`;
  for (let page = 0; path !== null; page++) {
    if (page === pagesAtMost) throw new ProviderError("klaviyo", "rejected", "the coupon has more codes than are looked through");
    const found: z.output<typeof Codes> = await account.json({ path, headers: reading }, Codes);
    ids.push(...found.data.filter(({ attributes }) => own.has(attributes.unique_code ?? "")).map(({ id }) => id));
    path = ids.length === own.size ? null : (found.links?.next ?? null);
  }
  return ids;
}

/** Takes those of our codes away that nobody was given yet: who has one keeps it, and what it is worth is the shop's to say. */
async function withdraw({ account, writer, hashOf }: Doing, payload: Payload): Promise<Attempt> {
  const gone = { did: "done", receipt: { id: payload.coupon.id } } as const;
  // With a coupon that somebody deleted its codes are gone.
  if ((await findCoupon(account, payload.coupon)) === null) return gone;
  const own = new Set(codesOf({ hashOf }, payload).values());
  // What is being taken in is handed out as soon as it is.
  if ((await listOwn(account, { coupon: payload.coupon.id, status: "PROCESSING", own })).length > 0)
    return { did: "limited", retryAfterS: processingS };
  const free = await listOwn(account, { coupon: payload.coupon.id, status: "UNASSIGNED", own });
  for (const id of free) {
    const write = {
      method: "DELETE",
      path: `/api/coupon-codes/${encodeURIComponent(id)}`,
      headers: klaviyoWriting,
      repeatable: true,
    } as const;
    const outcome = await writer.send(write, z.null());
    // What is gone is as it should be.
    if (outcome.outcome === "refused" && outcome.status === 404) continue;
    const tried = triedOf(outcome);
    if (tried) return tried;
  }
  return gone;
}

/**
 * Codes that the shop has made, put into a coupon at Klaviyo, out of which its own emails hand each person one (`{% coupon_code 'NAME' %}`;
 * help.klaviyo.com, coupon codes); or taken out of it again, as far as nobody was given them. It makes no discount: in a chain it stands behind
 * what does, and leaves out what that could not make: a code that Klaviyo knows and the shop does not is one that fails at the checkout.
 *
 * Done once: a code is in a coupon once, and one that is there is refused by its row alone. Undone by taking out what nobody was given; who was
 * given one has it, and only the shop can end it.
 */
export const klaviyoCouponCodes = defineAction<Payload>({
  id: "klaviyo-coupon-codes",
  title: { en: "Update a Klaviyo coupon", fr: "Mettre à jour un coupon Klaviyo", he: "עדכון קופון ב-Klaviyo" },
  need: { provider: "klaviyo", scopes: ["coupons:read", "coupons:write", "coupon-codes:read", "coupon-codes:write"] },
  payload: Payload,
  touches: "internal",
  idempotency: "natural",
  describe(payload) {
    const { coupon, count } = payload;
    const one = count === 1;
    return {
      sentence:
        payload.way === "add"
          ? {
              en: `Add ${count} ${one ? "code" : "codes"} to the Klaviyo coupon “${coupon.id}”. Emails that use it give each person one.`,
              fr: `Ajouter ${count} ${one ? "code" : "codes"} au coupon Klaviyo « ${coupon.id} ». Les e-mails qui l’utilisent en donnent un à chacun.`,
              he: `הוספת ${one ? "קוד אחד" : `${count} קודים`} לקופון “${coupon.id}” ב-Klaviyo. אימיילים שמשתמשים בו נותנים קוד אחד לכל אדם.`,
            }
          : {
              en: `Remove from the Klaviyo coupon “${coupon.id}” those of ${count} codes that nobody was given yet.`,
              fr: `Retirer du coupon Klaviyo « ${coupon.id} » ceux des ${count} codes que personne n’a encore reçus.`,
              he: `הסרה מהקופון “${coupon.id}” ב-Klaviyo של הקודים, מתוך ${count}, שעדיין לא ניתנו לאיש.`,
            },
      fields: [
        { label: labels.coupon, value: coupon.id },
        { label: labels.codes, value: String(count) },
        ...(payload.way === "add" ? [{ label: labels.handOutUntil, value: instantText(payload.handOutUntil) }] : []),
      ],
    };
  },
  chunks: (payload) => partsOf(payload, codesAStep),
  execute: (doing, payload): Promise<Tried> =>
    withCodes<Tried>(doing, payload, () => (payload.way === "add" ? add(doing, payload) : withdraw(doing, payload))),
  async undo(doing, payload) {
    if (payload.way === "add") return withCodes<Attempt>(doing, payload, () => withdraw(doing, payload));
    return { did: "failed", failure: { kind: "rejected", message: "what was taken out of a coupon is not put back" } };
  },
});

async function add(doing: Doing, payload: Extract<Payload, { way: "add" }>): Promise<Tried> {
  let progress = await followJobs(doing.account, progressOf(doing));
  if (progress.jobs.length > 0) return underWay(progress);
  if (doing.looked === undefined) {
    const kept = await keepCoupon(doing, payload.coupon);
    if (kept) return kept;
    const left = new Set(doing.before.flatMap(({ refused = [] }) => refused.map(({ id }) => id)));
    const codes = [...codesOf(doing, payload)].filter(([place]) => !left.has(String(place)));
    if (codes.length === 0) return { did: "done", receipt: { id: payload.coupon.id } };
    const data = codes.map(([, code]) => ({
      type: "coupon-code",
      attributes: { unique_code: code, expires_at: payload.handOutUntil },
      relationships: { coupon: { data: { type: "coupon", id: payload.coupon.id } } },
    }));
    const body = { data: { type: "coupon-code-bulk-create-job", attributes: { "coupon-codes": { data } } } };
    const rows = codes.map(([place]) => String(place));
    const started = await startJob(doing, { path: "/api/coupon-code-bulk-create-jobs", body, rows });
    if ("did" in started) return started;
    progress = await followJobs(doing.account, { ...progress, jobs: [started] });
    if (progress.jobs.length > 0) return underWay(progress);
  }
  // What is there already is as it should be.
  const { refused, created, there } = progress;
  if (refused.length > 0 && created.length + there.length === 0)
    return { did: "failed", failure: { kind: "rejected", message: `Klaviyo took no code: ${refused[0]?.why}` } };
  return { did: "done", receipt: { id: payload.coupon.id, ...(refused.length > 0 && { refused }) } };
}
