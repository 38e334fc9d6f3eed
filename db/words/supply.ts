/** Suppliers that send a shop's orders to its buyers: providers by their ids. */
export const suppliers = ["cj", "bigbuy"] as const;
export type Supplier = (typeof suppliers)[number];

/** `mapped`: ordered at a supplier. `own`: the shop sends it itself, so that nobody is asked about it. */
export const mappingStates = ["mapped", "own"] as const;
export type MappingState = (typeof mappingStates)[number];

/**
 * Where an order stands at a supplier that is to send it.
 *
 * - `held`: not ordered, for a reason; looked at again until that is over. `proposed`: proposed, see its action.
 * - `ordered`: the supplier has it. `shipped`: the supplier named a parcel.
 * - `stuck`: a person has to do something. `over`: nothing more is to be done.
 */
export const supplyStates = ["held", "proposed", "ordered", "shipped", "stuck", "over"] as const;
export type SupplyState = (typeof supplyStates)[number];

/** Why it stands there. Codes, with words in `app/i18n`. */
export const supplyReasons = [
  // Held.
  ...(["new", "unpaid", "returned", "risky", "risk_pending", "many_lines", "no_account", "supplier_down", "supplier_refuses"] as const),
  ...(["no_name", "no_address", "no_phone", "no_email", "unknown_product", "short", "no_carrier", "no_rate", "margin", "covered"] as const),
  // Ordered and shipped.
  ...(["supplier_unpaid", "silent", "untold"] as const),
  // Stuck.
  ...(["blocked", "failed", "declined", "dearer", "unclear", "unanswered", "lost", "shop_cancelled", "supplier_cancelled"] as const),
  // Over.
  ...([
    "gone",
    "test",
    "cancelled",
    "sent_elsewhere",
    "unmapped",
    "shadow",
    "undone",
    "delivered",
    "arrived",
    "by_hand",
    "too_old",
  ] as const),
] as const;
export type SupplyReason = (typeof supplyReasons)[number];

/** What a reason names: what is short or unknown at the supplier, what the order brings and costs (minor units of the shop's currency), the supplier's word. */
export interface SupplyFacts {
  short?: readonly { reference: string; quantity: number; there: number }[];
  references?: readonly string[];
  margin?: { brings: number; costs: number; percent: number; least: number; currency: string };
  rate?: { from: string; to: string };
  word?: string;
  /** Codes and words of ours: a supplier's own may hold a name or an address. */
  message?: string;
  /** What it costs by now, as `9.99 USD`. */
  price?: string;
  /** What it was held for when it was given up. */
  was?: SupplyReason;
}

/** A line of an order that a supplier is to send: the shop's id of it, how many were bought, and what that is there. */
export interface SuppliedLine {
  line: string;
  ordered: number;
  reference: string;
  quantity: number;
}
