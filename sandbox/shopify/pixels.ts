import type { SandboxState } from "#sandbox/providers/provider.ts";
import type { Shop } from "#sandbox/shop/model.ts";

interface Pixels {
  shop: Shop;
  now: number;
}
const id = "gid://shopify/WebPixel/1";
const thingOf = (shop: Shop) => ({ kind: "shopify_pixel", account: shop.domain, key: id }) as const;

export const pixelOf = (state: SandboxState, shop: Shop) => (state.written.met(thingOf(shop)) ? { id, settings: {} } : null);

/** One of an app and shop (../shared/writes-and-voice.md, Shopify / Web pixel). */
export function createPixel(state: SandboxState, { shop, now }: Pixels) {
  if (pixelOf(state, shop)) return { webPixel: null, userErrors: [{ code: "TAKEN", field: null, message: "The app already has a pixel" }] };
  state.written.put(thingOf(shop), { settings: {} }, now);
  state.effects.record({ provider: "shopify", kind: "pixel_made", key: id, account: shop.domain, at: now }, false);
  return { webPixel: pixelOf(state, shop), userErrors: [] };
}

export function deletePixel(state: SandboxState, { shop, now }: Pixels) {
  if (!pixelOf(state, shop)) return { deletedWebPixelId: null, userErrors: [{ code: "NOT_FOUND", field: ["id"], message: "Not found" }] };
  state.written.put(thingOf(shop), null, now);
  state.effects.record({ provider: "shopify", kind: "pixel_deleted", key: id, account: shop.domain, at: now }, false);
  return { deletedWebPixelId: id, userErrors: [] };
}
