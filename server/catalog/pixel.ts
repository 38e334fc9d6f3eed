import * as z from "zod";
import { shopPattern } from "./providers/shopify.ts";

/** What the pixel of a storefront tells of. */
export const pixelEvents = ["checkout_completed"] as const;

/** Where it tells it: from visitors' browsers, so that nothing that comes there is proven. */
export const pixelDoor = "/pixel";

/** All that it says (`shopify/extensions/web-pixel`): that it happened, and in which shop. */
export const PixelSignal = z.strictObject({
  v: z.literal(1),
  event: z.enum(pixelEvents),
  shop: z.string().toLowerCase().regex(shopPattern),
});
