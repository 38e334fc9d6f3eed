/** What of a shop has a record in the CRM: a buyer as a contact, an order or a draft as a deal. */
export const crmKinds = ["contact", "deal"] as const;
export type CrmKind = (typeof crmKinds)[number];

/** What of a buyer both sides know, and either may change. */
export const crmFields = ["firstName", "lastName", "phone"] as const;
export type CrmField = (typeof crmFields)[number];

/** What of a buyer is compared: their own fields, and what their company is called, which is the shop's to say. */
export const crmCompared = [...crmFields, "company"] as const;
export type CrmCompared = (typeof crmCompared)[number];

/** Which side's value a person chose where both had changed. */
export const crmSides = ["shop", "crm"] as const;
export type CrmSide = (typeof crmSides)[number];

/**
 * What both sides said when they were last in step, by field: first the shop's side, then the CRM's, each as a keyed hash (16 hex digits; empty where it
 * said nothing). They may differ where a difference was accepted.
 */
export type CrmBases = Readonly<Record<string, readonly [shop: string, crm: string]>>;

/**
 * What a record lacks to be in step. `push`: what of the shop's goes to the CRM, each with what the CRM said when that was found (a keyed hash; of a deal's
 * stage its id); `pull`: the other way, with what both said.
 */
export interface CrmDue {
  /** There is no such record yet. */
  isNew: boolean;
  push: Readonly<Record<string, string>>;
  pull: Readonly<Partial<Record<CrmField, readonly [shop: string, crm: string]>>>;
  /** It is not tied to its company yet, or that is known by another key now; a deal also: to its buyer. */
  company: boolean;
  /** Who is to look after it, by the CRM's id, where a rule says so and nobody does. */
  owner?: string;
  /** Of a deal: the stage that it is to be moved to. */
  stage?: string;
}
