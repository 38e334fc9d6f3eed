import { expect, test } from "vitest";
import { minorOf } from "#app/act-on-action.ts";

test.each([
  ["10", "GBP", 1000],
  ["10.5", "GBP", 1050],
  [" 10,50 ", "EUR", 1050],
  ["500", "JPY", 500],
  ["1.234", "KWD", 1234],
])("%s %s is read as it was written", (sent, currency, minor) => {
  expect(minorOf(sent, currency)).toBe(minor);
});

test.each([
  ["1,000", "GBP"],
  ["10.000", "JPY"],
  ["10.005", "EUR"],
  ["1,000.50", "GBP"],
  ["1.2345", "KWD"],
  ["1e99", "GBP"],
  ["NaN", "GBP"],
  ["", "GBP"],
  ["10", "XYZ"],
])("%s %s is no amount, and stays what was sent, to be refused", (sent, currency) => {
  expect(minorOf(sent, currency)).toBe(sent);
});
