import { expect, test } from "vitest";
import { formatMoney } from "#app/i18n/format.ts";
import { currencies } from "#server/catalog/currencies.ts";
import { decimalOf, exponentOf, minorUnits, UnknownCurrency } from "#server/catalog/money.ts";

test("decimals are ISO 4217's, whatever the language data of this runtime says", () => {
  const digits = { EUR: 2, HUF: 2, RSD: 2, IDR: 2, COP: 2, PKR: 2, TWD: 2, ALL: 2, LBP: 2, MGA: 2, MRU: 2, IQD: 3, KWD: 3, TND: 3 };
  const none = { JPY: 0, KRW: 0, CLP: 0, ISK: 0, UGX: 0, VND: 0, XAF: 0, PYG: 0, CLF: 4, UYW: 4, BYR: 0, HRK: 2, ZMK: 2 };
  for (const [code, count] of Object.entries({ ...digits, ...none })) expect([code, exponentOf(code)]).toEqual([code, count]);
  expect(minorUnits("1990.50", "RSD")).toBe(199_050);
  expect(minorUnits("1990.505", "IQD")).toBe(1_990_505);
});

test("the table has every code once, and the runtime knows how to write each of them", () => {
  expect(currencies.size).toBeGreaterThan(170);
  expect([...currencies.keys()].filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([]);
  for (const code of currencies.keys()) expect(() => formatMoney("en", { minor: 1, currency: code })).not.toThrow();
});

test("an amount in a currency that is not known is refused with its name", () => {
  expect(() => minorUnits("1.00", "XYZ")).toThrow(UnknownCurrency);
  expect(() => minorUnits("1.00", "eur")).toThrow(/"eur"/);
  expect(() => minorUnits("1.00", "")).toThrow(UnknownCurrency);
});

test("a figure is written with the decimals that it was stored with", () => {
  const written = (minor: number, currency: string) => formatMoney("en", { minor, currency }).replace(/\u00a0/g, " ");
  expect(written(54_440_000, "HUF")).toBe("HUF 544,400.00");
  expect(written(199_050, "RSD")).toBe("RSD 1,990.50");
  expect(written(1_990_505, "IQD")).toBe("IQD 1,990.505");
  expect(written(12_000, "JPY")).toBe("¥12,000");
  expect(written(12_345, "KWD")).toBe("KWD 12.345");
  expect(written(5, "XYZ")).toBe("5 XYZ");
});

test("minor units are written with the decimals of their currency, and read back as they were", () => {
  for (const [minor, currency, text] of [
    [4990, "GBP", "49.90"],
    [5, "EUR", "0.05"],
    [500, "JPY", "500"],
    [1, "KWD", "0.001"],
    [-1250, "USD", "-12.50"],
    [0, "EUR", "0.00"],
  ] as const) {
    expect(decimalOf(minor, currency)).toBe(text);
    expect(minorUnits(text, currency)).toBe(minor);
  }
  expect(() => decimalOf(1, "XXQ")).toThrow(UnknownCurrency);
});
