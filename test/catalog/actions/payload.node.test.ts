import { expect, test } from "vitest";
import { impersonal, looksPersonal } from "#server/catalog/actions/payload.ts";

test.each(["x", "a.", "@", "a@", "+1", "+1(", "(0", "01 ", "0-", "1 2"])(
  "a text is looked through in the time that it takes to read it, however long it is: %s",
  (part) => {
    const text = part.repeat(200_000 / part.length);
    const began = performance.now();
    looksPersonal(text);
    expect(impersonal(200).safeParse(text).success).toBe(false);
    expect(performance.now() - began).toBeLessThan(500);
  },
);

test("what looks like an address or a phone number is found wherever it stands", () => {
  for (const text of ["ann@shop.example", "write to ann@shop.example!", "a@b.c", "é@müller.example", "+44 20 7946 0958", "(020) 794 6095"])
    expect(looksPersonal(text), text).toBe(true);
  for (const text of ["a@b", "@shop.example", "at @ home. Yes", "20 % off", "2026-12-01", "SAVE-2026"])
    expect(looksPersonal(text), text).toBe(false);
});
