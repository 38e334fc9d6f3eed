import type { SandboxState } from "#sandbox/providers/provider.ts";
import type { Shop } from "#sandbox/shop/model.ts";
import type { Demand } from "./views.ts";

export interface TagsArgs {
  id: string;
  tags: readonly string[];
}

interface Tags {
  tags: readonly string[];
}

const taggable = /^gid:\/\/shopify\/(Order|Customer|Product)\/(\d+)$/;
const thingOf = (domain: string, id: string) => ({ kind: "tags", account: domain, key: id }) as const;
const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** The tags of a thing as a read sees them. */
export const tagsSeen = (state: SandboxState, domain: string, id: string, now: number): readonly string[] =>
  state.written.seen<Tags>(thingOf(domain, id), now)?.tags ?? [];

/** Adds or takes away tags, whichever of them are there already (../shared/writes-and-voice.md, Shopify / tags). */
export function changeTags(
  state: SandboxState,
  { shop, id, tags, add, demand, now }: TagsArgs & { shop: Shop; add: boolean; demand: Demand; now: number },
) {
  const field = add ? "tagsAdd" : "tagsRemove";
  const [, type = "", digits = ""] = taggable.exec(id) ?? [];
  if (type !== "") demand(`write_${type.toLowerCase()}s`, field);
  if (!isThere(shop, type, Number(digits))) {
    return { node: null, userErrors: [{ field: ["id"], message: `${type || "Resource"} does not exist` }] };
  }
  const thing = thingOf(shop.domain, id);
  const before = state.written.met<Tags>(thing)?.tags ?? [];
  const after = add
    ? [...before, ...tags.filter((tag, at) => ![...before, ...tags.slice(0, at)].some((known) => same(known, tag)))]
    : before.filter((known) => !tags.some((tag) => same(known, tag)));
  const repeated = after.length === before.length;
  if (!repeated) state.written.put(thing, { tags: after } satisfies Tags, now);
  const kind = add ? "tags_added" : "tags_removed";
  state.effects.record({ provider: "shopify", kind, key: `${id} ${tags.join(",")}`, account: shop.domain, at: now }, repeated);
  return { node: { __typename: type, id }, userErrors: [] };
}

function isThere(shop: Shop, type: string, id: number): boolean {
  if (type === "Customer") return shop.customerById.has(id);
  return (type === "Order" ? shop.orders : type === "Product" ? shop.products : []).some((each) => each.id === id);
}
