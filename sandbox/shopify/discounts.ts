import { GraphQLError } from "graphql";
import type { SandboxState } from "#sandbox/providers/provider.ts";
import type { Shop, ShopCustomer } from "#sandbox/shop/model.ts";
import { type PageArgs, pageOf } from "./page.ts";
import { customerView } from "./views.ts";

export interface DiscountInput {
  title?: string | null;
  code?: string | null;
  startsAt?: string | null;
  endsAt?: string | null;
  usageLimit?: number | null;
  appliesOncePerCustomer?: boolean | null;
  context?: { all?: string | null; customers?: { add?: readonly string[] | null } | null } | null;
  minimumRequirement?: { subtotal?: { greaterThanOrEqualToSubtotal?: string | null } | null } | null;
  customerGets?: {
    value?: { percentage?: number | null; discountAmount?: { amount?: string | null; appliesOnEachItem?: boolean | null } | null } | null;
  } | null;
}

interface Discount {
  id: string;
  title: string;
  code: string;
  startsAt: string;
  endsAt: string | null;
  usageLimit: number | null;
  appliesOncePerCustomer: boolean;
  percentage: number | null;
  amount: string | null;
  /** Whose it is alone (gids); null: anybody's. */
  customers?: readonly string[] | null;
}

interface DiscountError {
  code: string;
  field: string[];
  message: string;
}

const decimal = /^-?\d+(\.\d+)?$/;
/** Codes differ by more than their case. */
const thingOf = (shop: Shop, code: string) => ({ kind: "discount", account: shop.domain, key: code.toLowerCase() }) as const;

/** A code that was added to a discount: by which code the discount itself is known. */
const redeemOf = (shop: Shop, code: string) => ({ kind: "redeem_code", account: shop.domain, key: code.toLowerCase() }) as const;

/** The discount of a code as a read sees it. */
export function discountByCode(state: SandboxState, shop: Shop, code: string, now: number) {
  const added = state.written.seen<{ discount: string }>(redeemOf(shop, code), now);
  const found = state.written.seen<Discount>(thingOf(shop, added?.discount ?? code), now);
  return found ? discountView(shop, found, now) : null;
}

export function discountById(state: SandboxState, shop: Shop, id: string, now: number) {
  const found = state.written.list<Discount>({ kind: "discount", account: shop.domain }, now).find(({ body }) => body.id === id)?.body;
  return found ? discountView(shop, found, now) : null;
}

/** How a shop's additions of codes go: how long they take, and which codes they refuse. */
export interface RedeemSettings {
  takeMs: number;
  refuse: string[];
  /** The discount takes none at all. */
  isFull: boolean;
}
interface RedeemJob {
  discount: string;
  codes: { code: string; errors: { code: string; message: string }[] }[];
  endsAt: number;
}
const redeemJob = (shop: Shop, key: string) => ({ kind: "redeem_job", account: shop.domain, key }) as const;

export const giveRedeemSettings = (state: SandboxState, domain: string, settings: RedeemSettings, now: number): void =>
  state.written.put({ kind: "redeem_job", account: domain, key: "settings" }, settings, now);

/** At most 250 a call, worked through later; a code that any discount has is an error of its own (../shared/writes-and-voice.md, Shopify / discountCodeBasicCreate). */
export function addRedeemCodes(
  state: SandboxState,
  shop: Shop,
  { discountId, codes }: { discountId: string; codes: readonly { code: string }[] },
  now: number,
) {
  if (codes.length > 250)
    throw new GraphQLError("The input array size of 251 is greater than the maximum allowed of 250.", {
      extensions: { code: "MAX_INPUT_SIZE_EXCEEDED" },
    });
  const own = state.written.list<Discount>({ kind: "discount", account: shop.domain }).find(({ body }) => body.id === discountId)?.body;
  if (!own) return { bulkCreation: null, userErrors: [fault("INVALID", "discountId", "Code discount does not exist.", [])] };
  const usual: RedeemSettings = { takeMs: 0, refuse: [], isFull: false };
  const { takeMs, refuse, isFull } = state.written.met<RedeemSettings>(redeemJob(shop, "settings")) ?? usual;
  if (isFull) return { bulkCreation: null, userErrors: [fault("INVALID", "codes", "The discount can take no more codes.", [])] };
  const job: RedeemJob = { discount: own.code, codes: [], endsAt: now + takeMs };
  let added = 0;
  for (const { code } of codes) {
    const isTaken = state.written.met(redeemOf(shop, code)) ?? state.written.met(thingOf(shop, code));
    const why = isTaken ? "TAKEN Code must be unique." : refuse.includes(code) ? `INVALID Code ${code} is invalid.` : null;
    const [error = "", ...message] = why?.split(" ") ?? [];
    job.codes.push({ code, errors: why ? [{ code: error, message: message.join(" ") }] : [] });
    if (why) continue;
    state.written.put(redeemOf(shop, code), { discount: own.code }, job.endsAt);
    added += 1;
  }
  const key = `${state.written.list({ kind: "redeem_job", account: shop.domain }).length + 1}`;
  state.written.put(redeemJob(shop, key), job, now);
  const recorded = {
    provider: "shopify",
    kind: "redeem_codes_added",
    key: `${added} of ${own.code}`,
    account: shop.domain,
    at: now,
  } as const;
  state.effects.record(recorded, added === 0);
  return { bulkCreation: redeemView(key, job, now), userErrors: [] };
}

export function redeemCreation(state: SandboxState, shop: Shop, id: string, now: number) {
  const key = id.split("/").at(-1) ?? "";
  const job = state.written.met<RedeemJob>(redeemJob(shop, key));
  return job ? redeemView(key, job, now) : null;
}

function redeemView(key: string, { codes, endsAt }: RedeemJob, now: number) {
  const done = endsAt <= now;
  const failed = codes.filter(({ errors }) => errors.length > 0).length;
  return {
    ...{ id: `gid://shopify/DiscountRedeemCodeBulkCreation/${key}`, done, codesCount: codes.length },
    ...{ importedCount: done ? codes.length - failed : 0, failedCount: done ? failed : 0 },
    codes: (args: PageArgs) =>
      pageOf(
        codes.map((each, at) => ({ ...each, at })),
        args,
        { id: ({ at }) => at, value: ({ at }) => at },
        ({ code, errors }) => ({ code, errors: done ? errors : [] }),
      ),
  };
}

/** ../shared/writes-and-voice.md, Shopify / discountCodeBasicCreate. */
export function createDiscount(state: SandboxState, shop: Shop, input: DiscountInput, now: number) {
  const { percentage = null, discountAmount = null } = input.customerGets?.value ?? {};
  if (percentage !== null && discountAmount !== null) throw badRequest("Only one of percentage or discountAmount can be given.");
  for (const amount of [discountAmount?.amount, input.minimumRequirement?.subtotal?.greaterThanOrEqualToSubtotal]) {
    if (typeof amount === "string" && !decimal.test(amount)) {
      throw new GraphQLError(`Variable has an invalid decimal: ${amount}`, { extensions: { code: "INVALID_VARIABLE" } });
    }
  }
  const userErrors = faultsOf(input, shop);
  const { title, code, startsAt, endsAt = null } = input;
  if (userErrors.length > 0 || !title || !code || !startsAt) return { codeDiscountNode: null, userErrors };
  const thing = thingOf(shop, code);
  if (state.written.met(thing)) return { codeDiscountNode: null, userErrors: [fault("TAKEN", "code", "Code must be unique.")] };
  const number = 1_400_000_000_000 + state.written.list({ kind: "discount", account: shop.domain }).length + 1;
  const discount: Discount = {
    id: `gid://shopify/DiscountCodeNode/${number}`,
    ...{ title, code, startsAt, endsAt, percentage },
    usageLimit: input.usageLimit ?? null,
    appliesOncePerCustomer: input.appliesOncePerCustomer ?? false,
    amount: discountAmount?.amount ?? null,
    customers: input.context?.customers?.add ?? null,
  };
  state.written.put(thing, discount, now);
  state.effects.record({ provider: "shopify", kind: "discount_created", key: code, account: shop.domain, at: now }, false);
  return { codeDiscountNode: discountView(shop, discount, now), userErrors: [] };
}

/** It ends now; one that has ended stays as it is. */
export function deactivateDiscount(state: SandboxState, shop: Shop, id: string, now: number) {
  const found = state.written.list<Discount>({ kind: "discount", account: shop.domain }).find(({ body }) => body.id === id)?.body;
  if (!found) return { codeDiscountNode: null, userErrors: [fault("INVALID", "id", "Code discount does not exist.", [])] };
  const repeated = found.endsAt !== null && Date.parse(found.endsAt) <= now;
  const ended = repeated ? found : { ...found, endsAt: new Date(now).toISOString() };
  if (!repeated) state.written.put(thingOf(shop, found.code), ended, now);
  state.effects.record({ provider: "shopify", kind: "discount_deactivated", key: found.code, account: shop.domain, at: now }, repeated);
  return { codeDiscountNode: discountView(shop, ended, now), userErrors: [] };
}

const badRequest = (message: string) => new GraphQLError(message, { extensions: { code: "BAD_REQUEST" } });
const fault = (code: string, field: string, message: string, under: string[] = ["basicCodeDiscount"]): DiscountError => ({
  code,
  field: [...under, field],
  message,
});

function faultsOf(input: DiscountInput, shop: Shop): DiscountError[] {
  const { title, code, startsAt, endsAt, usageLimit, context, customerGets } = input;
  const { percentage, discountAmount } = customerGets?.value ?? {};
  const faults: (DiscountError | false)[] = [
    !code && fault("BLANK", "code", "Code can't be blank"),
    !title && fault("BLANK", "title", "Title can't be blank"),
    !startsAt && fault("BLANK", "startsAt", "Starts at can't be blank"),
    (code ?? "").length > 255 && fault("TOO_LONG", "code", "Code is too long (maximum is 255 characters)"),
    (title ?? "").length > 255 && fault("TOO_LONG", "title", "Title is too long (maximum is 255 characters)"),
    /[\r\n]/.test(code ?? "") && fault("INVALID", "code", "Code cannot contain newline characters."),
    !!startsAt &&
      !!endsAt &&
      Date.parse(endsAt) < Date.parse(startsAt) &&
      fault("INVALID", "endsAt", "Ends at needs to be after starts_at"),
    typeof percentage === "number" &&
      (percentage < 0 || percentage > 1) &&
      fault("VALUE_OUTSIDE_RANGE", "percentage", "Value must be between 0.0 and 1.0"),
    usageLimit === 0 && fault("GREATER_THAN", "usageLimit", "Usage limit must be greater than 0"),
    (discountAmount?.amount ?? "").startsWith("-") && fault("LESS_THAN_OR_EQUAL_TO", "amount", "Value must be less than or equal to 0"),
    (context?.customers?.add ?? []).some((gid) => !shop.customerById.has(Number(/\/Customer\/(\d+)$/.exec(gid)?.[1]))) &&
      fault("INVALID", "customers", "Customers are invalid"),
  ];
  return faults.filter((each): each is DiscountError => each !== false);
}

function statusOf({ startsAt, endsAt }: Discount, now: number): string {
  if (endsAt !== null && Date.parse(endsAt) <= now) return "EXPIRED";
  return Date.parse(startsAt) > now ? "SCHEDULED" : "ACTIVE";
}

const gidOf = ({ id }: ShopCustomer) => `gid://shopify/Customer/${id}`;

function discountView(shop: Shop, discount: Discount, now: number) {
  const { id, title, code, startsAt, endsAt, usageLimit, appliesOncePerCustomer, percentage, amount, customers = null } = discount;
  const codes = [{ id: 1, code, asyncUsageCount: 0 }];
  const money = amount === null ? null : { amount: { amount, currencyCode: shop.currency }, appliesOnEachItem: false };
  return {
    __typename: "DiscountCodeNode",
    id,
    codeDiscount: {
      __typename: "DiscountCodeBasic",
      ...{ title, startsAt, endsAt, usageLimit, appliesOncePerCustomer },
      status: statusOf(discount, now),
      context: customers
        ? {
            __typename: "DiscountCustomers",
            customers: shop.customers.filter((each) => customers.includes(gidOf(each))).map((each) => customerView(shop, each)),
          }
        : { __typename: "DiscountBuyerSelectionAll", all: "ALL" },
      codes: (args: PageArgs) =>
        pageOf(codes, args, { id: (each) => each.id, value: (each) => each.id }, (each) => ({
          ...each,
          id: `gid://shopify/DiscountRedeemCode/${each.id}`,
        })),
      customerGets: {
        value: money ? { __typename: "DiscountAmount", ...money } : { __typename: "DiscountPercentage", percentage: percentage ?? 0 },
      },
    },
  };
}
