import type { z } from "zod";
import type { Text } from "#db/words/locales.ts";
import { invalid } from "#server/errors.ts";

/** What somebody typed into a field, as its provider's schema has it. Throws `invalid`, naming the field. */
export function parseField<Value>(name: string, { label, schema }: { label: Text; schema: z.ZodType<Value> }, given: string): Value {
  const text = given.trim();
  if (text === "") throw invalid(name, "key_field_missing", { field: label });
  const parsed = schema.safeParse(text);
  if (!parsed.success) throw invalid(name, "key_field_wrong", { field: label });
  return parsed.data;
}
