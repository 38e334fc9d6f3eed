import { z } from "zod";

/** `active`: usable. `reconnect_needed`: the provider took access away. `disconnected`: the client did. */
export const ConnectionStatus = z.enum(["active", "reconnect_needed", "disconnected"]);
export type ConnectionStatus = z.infer<typeof ConnectionStatus>;

/** What a provider said of the account, as far as we need it later. */
export const AccountDetails = z.object({
  currency: z.string().optional(),
  timezone: z.string().optional(),
  email: z.string().optional(),
  /** Shopify's permanent domain. */
  shop: z.string().optional(),
  /** The things under one login that can be read, such as GA4 properties: `{id, name}`. */
  resources: z.array(z.object({ kind: z.string(), id: z.string(), name: z.string() })).optional(),
});
export type AccountDetails = z.infer<typeof AccountDetails>;
