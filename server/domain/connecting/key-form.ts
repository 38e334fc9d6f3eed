import * as z from "zod";
import type { Text } from "#db/words/locales.ts";
import type { KeyField, Provider } from "#server/catalog/provider.ts";

/** One field of a key form, as it is drawn. */
export interface KeyFormField {
  name: string;
  label: Text;
  hint: Text | null;
  secret: boolean;
  optional: boolean;
  /** What the whole value must look like, with what may come along when it is pasted. */
  pattern: string | null;
  maxLength: number | null;
  placeholder: string | null;
}

/** The form of a provider that can be connected by a key, drawn from its schema once; null for any other. */
export function keyFormOf({ key }: Provider): KeyFormField[] | null {
  if (!key) return null;
  const known = drawn.get(key);
  if (known) return known;
  const form = key.fields.map(describe);
  drawn.set(key, form);
  return form;
}

const drawn = new WeakMap<NonNullable<Provider["key"]>, KeyFormField[]>();

function describe({ name, label, hint, secret, optional = false, schema, placeholder, pasted }: KeyField): KeyFormField {
  const { pattern, maxLength } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  // A pasted value often comes with something around it, which the schema takes off: a label, quotes, space.
  const lenient = pasted ?? (pattern === undefined ? null : `.*?(?:${pattern.replace(/^\^|\$$/g, "")})(?:\\W|\\s)*`);
  return {
    name,
    label,
    hint: hint ?? null,
    secret,
    optional,
    pattern: lenient,
    maxLength: maxLength ?? null,
    placeholder: placeholder ?? null,
  };
}
