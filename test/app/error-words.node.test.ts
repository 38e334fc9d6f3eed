import { expect, test } from "vitest";
import { z } from "zod";
import { CATALOGUES } from "#app/i18n/catalogues.server.ts";
import { sayError } from "#app/i18n/error-words.ts";
import { LOCALES } from "#app/i18n/locale.ts";
import { conflict, errorCodes, refusedInput } from "#server/errors.ts";
import { describeError } from "#server/trpc/errors.ts";
import { inEnglish } from "#workers/in-english.ts";

test("a sentence names what its code has, and all of it, in every language", () => {
  for (const [code, [, ...names]] of Object.entries(errorCodes)) {
    for (const locale of LOCALES) {
      const text = CATALOGUES[locale].errors[code as keyof typeof errorCodes];
      const named = new Set([...text.matchAll(/{{(\w+)}}/g)].map(([, name]) => name));
      expect([...named].sort(), `${locale} ${code}`).toEqual([...names].sort());
    }
  }
});

test("a refusal is a code with what is named: each reader has the sentence in their own language, a log the code", () => {
  const refused = conflict("key_of_another", { provider: "Twilio", account: "Acme" });
  expect(sayError("fr", refused)).toBe(
    "Cette clé appartient à un autre compte Twilio que Acme. Rien n’a changé. Connectez cet autre compte à part.",
  );
  expect(sayError("he", refused)).toMatch(/Twilio.*Acme/);
  expect(refused.message).toBe('key_of_another {"provider":"Twilio","account":"Acme"}');
});

test.each([
  ["nothing", z.string(), undefined, { code: "required", params: {} }],
  ["an empty text", z.string().min(1), "", { code: "required", params: {} }],
  ["no number", z.number().int(), Number.NaN, { code: "not_a_number", params: {} }],
  ["another type", z.string(), 3, { code: "wrong_type", params: { expected: "string" } }],
  ["a short text", z.string().min(3), "ab", { code: "too_short", params: { least: 3 } }],
  ["a long text", z.string().max(2), "abc", { code: "too_long", params: { most: 2 } }],
  ["a long list", z.array(z.string()).max(1), ["a", "b"], { code: "too_many", params: { most: 1 } }],
  ["a high number", z.number().max(23), 24, { code: "too_high", params: { most: 23 } }],
  ["no address", z.email(), "nobody", { code: "not_an_email", params: {} }],
  ["no option", z.enum(["a", "b"]), "c", { code: "not_an_option", params: { options: "a, b" } }],
  ["a stray field", z.strictObject({}), { colour: 1 }, { code: "unknown_field", params: {} }],
  ["a text of another form", z.string().regex(/^a$/), "b", { code: "wrong_format", params: {} }],
  [
    "what our own schema refuses by its code",
    z.string().refine(() => false, "name_with_link"),
    "b",
    { code: "name_with_link", params: {} },
  ],
])("what zod itself has against a value has a code: %s", (_, schema, value, expected) => {
  const issue = schema.safeParse(value).error?.issues[0];
  expect(refusedInput(issue)).toMatchObject(expected);
});

test("a program is told in English too, and a value that is refused is in nothing that it is told", () => {
  const { error } = z.object({ name: z.string().max(3), tags: z.array(z.string()) }).safeParse({ name: "a-secret", tags: "none" });
  const told = inEnglish(describeError(error));
  expect(told).toEqual({
    kind: "invalid",
    code: "input_invalid",
    params: {},
    field: "name",
    issues: [
      { field: "name", code: "too_long", params: { most: 3 }, message: "At most 3 characters." },
      { field: "tags", code: "wrong_type", params: { expected: "array" }, message: "Must be of type array." },
    ],
    retryAfterS: null,
    message: "name: At most 3 characters.",
  });
});
