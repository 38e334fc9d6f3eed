import type { SandboxState } from "#sandbox/providers/provider.ts";

export const objectTypes = ["contacts", "companies", "deals"] as const;
export type ObjectType = (typeof objectTypes)[number];

/** A record of a portal, as it is kept. Values are texts, as all of HubSpot's are. */
export interface CrmObject {
  id: string;
  properties: Record<string, string>;
  createdAt: number;
  updatedAt: number;
}

/** A property that an application made. */
export interface MadeProperty {
  name: string;
  label: string;
  hasUniqueValue: boolean;
}

/** What each kind of record has from the beginning; of them one says who it is. */
const builtIn: Record<ObjectType, readonly string[]> = {
  contacts: ["email", "firstname", "lastname", "phone", "lifecyclestage", "hubspot_owner_id", "createdate", "lastmodifieddate"],
  companies: ["name", "domain", "country", "hubspot_owner_id", "createdate", "hs_lastmodifieddate"],
  deals: ["dealname", "pipeline", "dealstage", "amount", "deal_currency_code", "closedate", "hubspot_owner_id", "hs_lastmodifieddate"],
};
const builtInUnique: Partial<Record<ObjectType, string>> = { contacts: "email" };

export const thingsOf = (type: ObjectType) => `hubspot_${type}` as const;

/** All records of a kind: as a write and a read by id meet them, or, with `now`, as a search sees them, whose index lags. */
export const objectsAt = (state: SandboxState, account: string, type: ObjectType, now?: number): CrmObject[] =>
  state.written.list<CrmObject>({ kind: thingsOf(type), account }, now).map(({ body }) => body);

export const propertiesAt = (state: SandboxState, account: string, type: ObjectType): MadeProperty[] =>
  state.written
    .list<MadeProperty>({ kind: "hubspot_property", account })
    .flatMap(({ key, body }) => (key.startsWith(`${type}/`) ? [body] : []));

export const namesOf = (state: SandboxState, account: string, type: ObjectType): string[] => [
  ...builtIn[type],
  ...propertiesAt(state, account, type).map(({ name }) => name),
];

export function knowsProperty(state: SandboxState, account: string, type: ObjectType, name: string): boolean {
  return namesOf(state, account, type).includes(name);
}

export const isUnique = (state: SandboxState, account: string, type: ObjectType, name: string): boolean =>
  builtInUnique[type] === name || propertiesAt(state, account, type).some((each) => each.name === name && each.hasUniqueValue);

/** What of its properties no two records may share, and nobody may write twice. */
export const uniqueOf = (state: SandboxState, account: string, type: ObjectType): string[] => [
  ...[builtInUnique[type]].filter((name) => name !== undefined),
  ...propertiesAt(state, account, type).flatMap(({ name, hasUniqueValue }) => (hasUniqueValue ? [name] : [])),
];

/** The stages of a portal's one pipeline. A portal whose number ends in 9 has words and stages of its own. */
export function pipelinesOf(account: string) {
  const stage = (id: string, label: string, displayOrder: number, isClosed = false, probability = "0.5") => ({
    ...{ id, label, displayOrder, archived: false },
    metadata: { isClosed: String(isClosed), probability },
  });
  const stages = account.endsWith("9")
    ? [
        stage("771", "Devis envoyé", 0, false, "0.4"),
        stage("772", "Commande reçue", 1, false, "0.8"),
        stage("773", "Expédiée", 2, false, "0.9"),
        stage("775", "Gagnée", 3, true, "1.0"),
        stage("774", "Perdue", 4, true, "0.0"),
      ]
    : [
        stage("appointmentscheduled", "Appointment scheduled", 0, false, "0.2"),
        stage("decisionmakerboughtin", "Decision maker bought in", 1, false, "0.8"),
        stage("contractsent", "Contract sent", 2, false, "0.9"),
        stage("closedwon", "Closed won", 3, true, "1.0"),
        stage("closedlost", "Closed lost", 4, true, "0.0"),
      ];
  return [{ id: account.endsWith("9") ? "6601" : "default", label: "Sales", displayOrder: 0, archived: false, stages }];
}

export const ownersOf = (account: string) =>
  [1, 2].map((n) => ({
    ...{ id: `${account.slice(-4)}${n}`, email: `owner-${n}@portal-${account}.example`, type: "PERSON", archived: false },
    ...{ firstName: ["Ada", "Lin"][n - 1], lastName: "Sales" },
  }));

/** Lifecycle stages in their order. */
export const lifecycle = [
  ...["subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "evangelist", "other"],
];
