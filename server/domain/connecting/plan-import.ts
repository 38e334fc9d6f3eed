import type { KeyProvider } from "#server/catalog/provider.ts";

/** What a set of variables holds for a client's vault. Names only go out of it: a value is in `fields` and nowhere else. */
export interface ImportPlan {
  /** All that a provider's form asks for is there, and each field has its shape. */
  ready: { provider: KeyProvider; fields: Record<string, string>; names: string[] }[];
  /** Some of it is there. `missing` and `malformed` are names of variables. */
  incomplete: { provider: KeyProvider; names: string[]; missing: string[]; malformed: string[] }[];
  /** Variables that no provider asks for. */
  unknown: string[];
}

/** What the variables of today's scripts are called, where it is not the provider's id and the field's name. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  KLAVIYO_PRIVATE_KEY: ["KLAVIYO_API_KEY", "KLAVIYO_PRIVATE_API_KEY"],
  KLAVIYO_PUBLIC_KEY: ["KLAVIYO_PUBLIC_API_KEY", "KLAVIYO_SITE_ID", "KLAVIYO_COMPANY_ID"],
  VAPI_PRIVATE_KEY: ["VAPI_API_KEY", "VAPI_TOKEN"],
  TWILIO_ACCOUNT_SID: ["TWILIO_SID"],
  TWILIO_AUTH_TOKEN: ["TWILIO_TOKEN"],
  TWILIO_PHONE_NUMBER: ["TWILIO_NUMBER", "TWILIO_FROM"],
  WHATSAPP_ACCESS_TOKEN: ["WHATSAPP_TOKEN", "WHATSAPP_API_TOKEN"],
  WHATSAPP_PHONE_NUMBER_ID: ["WHATSAPP_PHONE_ID"],
  WHATSAPP_WABA_ID: ["WHATSAPP_BUSINESS_ACCOUNT_ID"],
  APIFY_API_TOKEN: ["APIFY_TOKEN", "APIFY_API_KEY"],
  CJ_API_KEY: ["CJ_KEY", "CJ_DROPSHIPPING_API_KEY"],
};

/** Reads variables (with `prefix` taken off their names) as what providers' key forms ask for. Nothing is asked of anybody. */
export function planImport(
  variables: Readonly<Record<string, string | undefined>>,
  providers: readonly KeyProvider[],
  prefix = "",
): ImportPlan {
  const given = new Map(
    Object.entries(variables).flatMap(([name, value]) =>
      name.startsWith(prefix) && value ? [[name.slice(prefix.length), { name, value }] as const] : [],
    ),
  );
  const plan: ImportPlan = { ready: [], incomplete: [], unknown: [] };
  const used = new Set<string>();
  for (const provider of providers) {
    const fields = provider.key.fields.map((field) => {
      const usual = `${provider.id}_${field.name}`.toUpperCase();
      const found = [usual, ...(otherNames[usual] ?? [])].map((name) => given.get(name)).find(Boolean);
      if (found) used.add(found.name);
      return { field, usual, found, needed: !field.optional, fits: found !== undefined && field.schema.safeParse(found.value).success };
    });
    const present = fields.filter(({ found }) => found);
    if (present.length === 0) continue;
    const names = present.map(({ found }) => found?.name ?? "");
    const missing = fields.filter(({ found, needed }) => needed && !found).map(({ usual }) => prefix + usual);
    const malformed = fields.filter(({ found, fits }) => found && !fits).map(({ found }) => found?.name ?? "");
    if (missing.length + malformed.length > 0) plan.incomplete.push({ provider, names, missing, malformed });
    else
      plan.ready.push({ provider, names, fields: Object.fromEntries(present.map(({ field, found }) => [field.name, found?.value ?? ""])) });
  }
  plan.unknown = [...given.values()].map(({ name }) => name).filter((name) => !used.has(name));
  return plan;
}
