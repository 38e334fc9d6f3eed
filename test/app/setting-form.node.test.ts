import { expect, test } from "vitest";
import { type Setting, sentConfig } from "#app/setting-form.ts";

const list = (ofNumbers: boolean): Setting => ({
  ...{ name: "days", type: "list", label: { en: "D", fr: "D", he: "ד" }, hint: null, minimum: null, maximum: null, choices: [] },
  ...{ ofNumbers, fields: [], value: null },
});

function sent(text: string, ofNumbers = false) {
  const form = new FormData();
  form.set("days", text);
  return sentConfig([list(ofNumbers)], form).days;
}

test("a list is sent a line each, without empty ones and the space around them", () => {
  expect(sent(" one \r\n\r\n  two words\n \nthree ")).toEqual(["one", "two words", "three"]);
  expect(sent("1\n 2 \nx", true)).toEqual([1, 2, "x"]);
  expect(sent(" \n ")).toEqual([]);
});

test("it is read in the time that its length takes, whatever is in it", () => {
  const began = performance.now();
  sent(`a${" ".repeat(200_000)}b`);
  expect(performance.now() - began).toBeLessThan(500);
});
