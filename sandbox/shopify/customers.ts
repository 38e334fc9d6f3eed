import type { SandboxState } from "#sandbox/providers/provider.ts";
import type { Shop } from "#sandbox/shop/model.ts";
import type { CustomerField } from "./views.ts";

export type CustomerInput = { id?: string | null } & Partial<Record<CustomerField, string | null>>;
type Fields = Partial<Record<CustomerField, string | null>>;

const thingOf = (domain: string, gid: string) => ({ kind: "customer_fields", account: domain, key: gid }) as const;

export const fieldsSeen = (state: SandboxState, domain: string, gid: string, now: number): Fields =>
  state.written.seen<Fields>(thingOf(domain, gid), now) ?? {};

/** Writes a customer's own fields; a phone number that is none is refused, with status 200. */
export function updateCustomer(state: SandboxState, shop: Shop, { id, ...given }: CustomerInput, now: number) {
  const number = Number(/^gid:\/\/shopify\/Customer\/(\d+)$/.exec(id ?? "")?.[1] ?? Number.NaN);
  const refused = (field: string, message: string) => ({ customer: null, userErrors: [{ field: [field], message }] });
  if (!id || !shop.customerById.has(number)) return refused("id", "Customer does not exist");
  if (given.phone && !/^\+\d[\d ]{6,18}$/.test(given.phone)) return refused("phone", "Phone is invalid");
  const before = state.written.met<Fields>(thingOf(shop.domain, id)) ?? {};
  const after = { ...before, ...given };
  const repeated = JSON.stringify(after) === JSON.stringify(before);
  if (!repeated) state.written.put(thingOf(shop.domain, id), after, now);
  state.effects.record({ provider: "shopify", kind: "customer_updated", key: id, account: shop.domain, at: now }, repeated);
  return { customer: { __typename: "Customer", id }, userErrors: [] };
}
