import type { AppLoadContext } from "@remix-run/cloudflare";
import { locales } from "#db/words/locales.ts";
import { wordsIn } from "./i18n/translator.server.ts";
import type { Setting } from "./setting-form.ts";

interface Owner {
  id: string;
  name: string;
}

const setting = "owners";
const mostNamed = 30;

/** Who may be named in the owner rules, as HubSpot says it now. Nobody where it does not answer, or to a reader who may not set them: then rules are by ids. */
export async function readOwners({ api, describe }: AppLoadContext, tenant: string): Promise<Owner[]> {
  try {
    return await api.crm.owners({ tenant });
  } catch (error) {
    const { kind } = describe(error);
    if (kind === "unavailable" || kind === "rate_limited" || kind === "forbidden") return [];
    throw error;
  }
}

/** The settings with the owners' names beside their ids, and with all who may be named. What is stored are the ids. */
export function nameOwners(fields: readonly Setting[], owners: readonly Owner[]): Setting[] {
  if (owners.length === 0) return [...fields];
  const more = owners.length > mostNamed ? ` +${owners.length - mostNamed}` : "";
  const all = owners.slice(0, mostNamed).map(called).join(", ") + more;
  return fields.map((field) => {
    if (field.name !== setting || !Array.isArray(field.value)) return field;
    const named = locales.map((locale) => [locale, `${field.hint?.[locale] ?? ""} ${wordsIn(locale)("crmWords:owners", { owners: all })}`]);
    return {
      ...field,
      hint: Object.fromEntries(named) as NonNullable<Setting["hint"]>,
      value: field.value.map((rule) => shown(rule, owners)),
    };
  });
}

/** The settings as they are stored: of each rule the id, whether it, a name that one owner has, or both were written. What names nobody is left to be refused. */
export function ownerIds(config: Record<string, unknown>, owners: readonly Owner[]): Record<string, unknown> {
  const rules = config[setting];
  return Array.isArray(rules) ? { ...config, [setting]: rules.map((rule) => stored(String(rule), owners)) } : config;
}

/** On one line, since a rule is a line. */
const called = ({ id, name }: Owner): string => `${name.replace(/\s+/g, " ").trim()} (${id})`;

/** What a rule says of whom, and whom it names. */
function partsOf(rule: string): [of: string, who: string] {
  // No rule has one before it, a name may have one in it.
  const at = rule.indexOf("=");
  return at < 0 ? [rule, ""] : [rule.slice(0, at + 1), rule.slice(at + 1).trim()];
}

function shown(rule: string, owners: readonly Owner[]): string {
  const [of, who] = partsOf(rule);
  const owner = owners.find(({ id }) => id === who);
  return owner ? `${of} ${called(owner)}` : rule;
}

function stored(rule: string, owners: readonly Owner[]): string {
  const [of, who] = partsOf(rule);
  const written = /\((\d{1,20})\)$/.exec(who)?.[1];
  const [only, other] = owners.filter(({ name }) => name.trim().toLowerCase() === who.toLowerCase());
  const id = written ?? (other ? undefined : only?.id);
  return id === undefined ? rule : `${of} ${id}`;
}
