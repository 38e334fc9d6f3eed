import type { FailedRow } from "#db/words/actions.ts";
import type { CrmBases, CrmCompared, CrmDue, CrmKind, CrmSide } from "#db/words/crm.ts";

/** Of one buyer, order or draft what is known of their record in the CRM: ids, keyed hashes and stages, no value that is anybody's. */
export interface CrmRecord {
  kind: CrmKind;
  /** The buyer's id in the shop; of a deal `order:…` or `draft:…`. */
  externalId: string;
  customerId: string;
  orderId: string | null;
  /** The record's id in the CRM; null before there is one. */
  crmId: string | null;
  /** The company that it is tied to, by the CRM's id; of a deal its buyer's. */
  companyId: string | null;
  /** Of a deal: the stage that it was last seen in step with. */
  stage: string | null;
  bases: CrmBases;
  /** Null where nothing is missing. */
  due: CrmDue | null;
  /** Instants: when both sides last agreed, and when that was last looked at. */
  inStepAt: number | null;
  seenAt: number;
  /** That there is nothing to know them by in the CRM. */
  isUnknowable: boolean;
}

/** Both sides changed what the other one does not know of. Hashes as in `CrmBases`. */
export interface CrmConflict {
  customerId: string;
  field: CrmCompared;
  shopHash: string;
  crmHash: string;
}

/** What a step found of them; what is said of a record replaces what was known. */
export interface CrmFound {
  /** Our id of the connection to the CRM. */
  accountId: string;
  records: readonly CrmRecord[];
  conflicts: readonly CrmConflict[];
  /** Conflicts that are none any more. */
  settled: readonly Pick<CrmConflict, "customerId" | "field">[];
}

/** What is stored of the records of one shop in one CRM. */
export interface CrmRecords {
  /** By their ids from behind `after`; `due`: those alone that are not in step and can be. */
  list(input: { accountId: string; kind: CrmKind; after: string | null; limit: number; due?: true }): Promise<CrmRecord[]>;
  /** Those of these ids that are known; of deals also those of these orders, under whatever name. */
  known(input: { accountId: string; kind: CrmKind; externalIds: readonly string[]; orderIds?: readonly string[] }): Promise<CrmRecord[]>;
  /** Contacts that are tied to these companies. */
  tiedTo(input: { accountId: string; companies: readonly string[] }): Promise<CrmRecord[]>;
  /** Deals of these buyers. */
  dealsOf(input: { accountId: string; customers: readonly string[] }): Promise<CrmRecord[]>;
  /** Conflicts of these buyers that are not settled, with what a person chose. */
  conflicts(input: { accountId: string; customers: readonly string[] }): Promise<(CrmConflict & { decision: CrmSide | null })[]>;
  /** Rows that were not done in batches of a kind since an instant, with the last time. */
  failed(input: { automation: string; kind: string; since: number }): Promise<(FailedRow & { at: number })[]>;
  /** Whether something under a key that begins so still waits, is under way, or was said no to since an instant. */
  isPending(input: { automation: string; prefix: string; since: number }): Promise<boolean>;
  /** HMAC-SHA-256 (hex) of a text by a key of the client's own. */
  hashOf(text: string): string;
}

/** How one field of a buyer stands between shop and CRM. */
export type Standing =
  /** In step, or a difference that is nobody's to settle; `base` where it is to be remembered anew. */
  { is: "in_step"; base?: readonly [string, string] } | { is: "push" } | { is: "pull" } | { is: "conflict" };

/**
 * Compares three ways: what each side says with what it said when both were last in step (`base`). Only the side that changed is written to the other one;
 * what the CRM's people changed of a field that is not theirs to change stays as it is, and is a conflict once the shop changes it too. Nothing clears.
 */
export function standingOf({
  shop,
  crm,
  base,
  twoWay,
  decision,
}: {
  shop: string;
  crm: string;
  base: readonly [string, string] | undefined;
  twoWay: boolean;
  decision: CrmSide | null;
}): Standing {
  if (shop === crm) return { is: "in_step", base: [shop, crm] };
  if (base?.[0] === shop && base[1] === crm) return { is: "in_step" };
  if (decision === "shop") return { is: "push" };
  if (decision === "crm") return twoWay ? { is: "pull" } : { is: "in_step", base: [shop, crm] };
  const shopMoved = shop !== "" && shop !== (base?.[0] ?? "");
  const crmMoved = crm !== "" && crm !== (base?.[1] ?? "");
  if (shopMoved && crmMoved) return { is: "conflict" };
  if (shopMoved) return crm === (base?.[1] ?? "") ? { is: "push" } : { is: "conflict" };
  if (crmMoved && twoWay) return shop === (base?.[0] ?? "") ? { is: "pull" } : { is: "conflict" };
  return { is: "in_step" };
}

/** A value as it is compared: neither case nor spaces count; of a phone number its digits, of which the last nine tell it. */
export function comparable(field: CrmCompared, value: string | null): string {
  if (value === null) return "";
  if (field !== "phone") return value.normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase();
  const digits = value.replace(/\D/g, "");
  return digits.length > 9 ? digits.slice(-9) : digits;
}

/** A keyed hash of what a side says of a field, short: it tells apart what one buyer's field may hold, and nothing else. Empty where it says nothing. */
export function hashOfField(hashOf: (text: string) => string, field: string, value: string): string {
  return value === "" ? "" : hashOf(`crm ${field} ${value}`).slice(0, 16);
}
