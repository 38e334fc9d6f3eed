import { TRPCError } from "@trpc/server";
import { ZodRealError } from "zod";
import type { JsonSchema } from "./rest.ts";

/**
 * Refuses what no schema of a procedure's input names, however deep it stands: a field that is spelled wrong must not look as if
 * it had been done. Throws what tRPC throws of an input that does not parse, with each of them named as zod would for a strict object; a procedure's input is a chain
 * of objects, of which none can be strict by itself.
 */
export function refuseStrayFields(schema: JsonSchema, input: unknown): void {
  const issues = strayIn(schema, input, []).map(({ path, keys }) => ({ code: "unrecognized_keys" as const, path, keys, message: "" }));
  if (issues.length > 0) throw new TRPCError({ code: "BAD_REQUEST", cause: new ZodRealError(issues) });
}

interface Stray {
  path: (string | number)[];
  keys: string[];
}

function strayIn(schema: JsonSchema, value: unknown, path: Stray["path"]): Stray[] {
  const choices = (schema.anyOf ?? schema.oneOf ?? []).filter(isSchema);
  if (choices.length > 0) {
    const found = choices.map((choice) => strayIn(choice, value, path));
    return found.find((stray) => stray.length === 0) ?? found[0] ?? [];
  }
  if (Array.isArray(value))
    return isSchema(schema.items) ? value.flatMap((item, at) => strayIn(schema.items as JsonSchema, item, [...path, at])) : [];
  const { properties, additionalProperties } = schema;
  if (!properties || value === null || typeof value !== "object") return [];
  const isKnown = (key: string) => Object.hasOwn(properties, key);
  const keys = additionalProperties ? [] : Object.keys(value).filter((key) => !isKnown(key));
  const inside = Object.entries(value).flatMap(([key, part]) => {
    const own = isKnown(key) ? properties[key] : undefined;
    return isSchema(own) ? strayIn(own, part, [...path, key]) : [];
  });
  return [...(keys.length > 0 ? [{ path, keys }] : []), ...inside];
}

const isSchema = (schema: unknown): schema is JsonSchema => typeof schema === "object" && schema !== null && !Array.isArray(schema);
