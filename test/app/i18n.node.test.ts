import { describe, expect, test } from "vitest";
import { CATALOGUES } from "#app/i18n/catalogues.server.ts";
import {
  formatDate,
  formatDay,
  formatDuration,
  formatMoney,
  formatQuantity,
  formatRatio,
  formatRelative,
  monthOf,
} from "#app/i18n/format.ts";
import { LOCALES, negotiateLocale, regionOf } from "#app/i18n/locale.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";

const spaces = /[\u00a0\u202f]/g;
const plain = (text: string) => text.replace(spaces, " ");

describe("figures", () => {
  test("money is printed from minor units, by as many decimals as its currency has", () => {
    expect(formatMoney("en", { minor: 123_456, currency: "EUR" })).toBe("€1,234.56");
    expect(formatMoney("en", { minor: 123_456, currency: "JPY" })).toBe("¥123,456");
    expect(formatMoney("en-GB", { minor: 157_000_000, currency: "GBP" }, { compactFrom: 100_000 })).toBe("£1.57M");
    expect(formatMoney("en", { minor: 123_456, currency: "KWD" }).replace(spaces, "")).toBe("KWD123.456");
    expect(plain(formatMoney("fr", { minor: -5, currency: "EUR" }))).toBe("-0,05 €");
  });

  test("money is shortened only from the size on that was asked for", () => {
    expect(formatMoney("en", { minor: 99_999_999, currency: "GBP" }, { compactFrom: 1_000_000 })).toBe("£999,999.99");
    expect(formatMoney("en", { minor: 100_000_000, currency: "GBP" }, { compactFrom: 1_000_000 })).toBe("£1M");
    expect(formatMoney("en", { minor: 0, currency: "GBP" }, { compactFrom: 0 })).toBe("£0");
  });

  test("money whose currency is not known is printed as a bare count", () => {
    expect(formatQuantity("en", { value: 1200, unit: "money" })).toBe("1,200");
  });

  test("a small ratio keeps two decimals, a larger one keeps one", () => {
    expect(formatRatio("en", 0.00123)).toBe("0.12%");
    expect(formatRatio("en", 0.42139)).toBe("42.1%");
  });

  test("a duration shows its two largest parts", () => {
    expect(formatDuration("en", 850)).toBe("850 ms");
    expect(formatDuration("en", 12_430)).toBe("12.4 sec");
    expect(formatDuration("en", 200_000)).toBe("3 min 20 sec");
    expect(formatDuration("en", 18_120_000)).toBe("5 hr 2 min");
    expect(formatDuration("en", 86_400_000 * 12)).toBe("12 days");
  });
});

describe("moments", () => {
  const at = Date.UTC(2026, 10, 20, 23, 30);

  test("a moment is another day in another timezone, a calendar day is the same everywhere", () => {
    expect(formatDate("en", at, { timeZone: "UTC" })).toBe("Nov 20, 2026");
    expect(formatDate("en", at, { timeZone: "Asia/Jerusalem" })).toBe("Nov 21, 2026");
    expect(formatDay("en", "2026-11-20")).toBe("Nov 20");
  });

  test("in a zone that this browser does not know a moment is told in UTC, which is said", () => {
    const timeZone = "Mars/Olympus_Mons";
    const told = (["date", "day", "time", "clock", "dateTime"] as const).map((style) => plain(formatDate("en", at, { timeZone, style })));
    expect(told).toEqual(["Nov 20, 2026, UTC", "Nov 20, UTC", "11:30 PM UTC", "23:30:00.000 UTC", "Nov 20, 2026, 11:30 PM UTC"]);
    for (const locale of LOCALES) expect(formatDate(locale, at, { timeZone })).toContain("UTC");
    expect(formatDate("en", at, { timeZone: "Asia/Jerusalem" })).not.toContain("UTC");
  });

  test("a zone that is at no distance has a name without a number, in any language", () => {
    const told = LOCALES.map((locale) => formatDate(locale, at, { timeZone: "Europe/London", style: "dateTime" }));
    expect(told.map((text) => text.replace(/.*\s/, ""))).toEqual(["GMT", "UTC", "GMT"]);
    expect(plain(formatDate("he", at, { timeZone: "Asia/Jerusalem", style: "dateTime" }))).toMatch(/\+2/);
  });

  test("a moment's month is that of its zone, and of UTC where this browser does not know the zone", () => {
    const last = Date.UTC(2026, 10, 30, 23, 30);
    expect(["UTC", "Asia/Jerusalem", "Mars/Olympus_Mons"].map((zone) => monthOf(last, zone))).toEqual(["2026-11", "2026-12", "2026-11"]);
  });

  test("relative time is told in the largest unit that is full", () => {
    expect(formatRelative("en", at - 4_000, at)).toBe("now");
    expect(formatRelative("en", at - 179_000, at)).toBe("2 minutes ago");
    expect(formatRelative("fr", at + 7_200_000, at)).toBe("dans 2 heures");
    expect(formatRelative("en", at - 86_400_000, at)).toBe("yesterday");
    expect(formatRelative("he", at - 60_000, at)).toBe("לפני דקה");
    expect(formatRelative("he", at + 7_200_000, at)).toBe("בעוד שעתיים");
  });
});

describe("languages", () => {
  test("a browser gets the best of our languages for its wishes, and English for none", () => {
    expect(negotiateLocale(null)).toBe("en");
    expect(negotiateLocale("de, nl;q=0.8")).toBe("en");
    expect(negotiateLocale("de, en;q=0.3, fr-CA;q=0.9")).toBe("fr");
    expect(negotiateLocale("he;q=0, fr;q=0.1")).toBe("fr");
    expect(negotiateLocale(`${"x,".repeat(10_000)}fr`)).toBe("en");
  });

  test("numbers and dates are written as where the reader is at home, in the language that is shown", () => {
    const tags = (header: string | null) => LOCALES.map((locale) => regionOf(header, locale));
    expect(tags("en-GB, fr-CA;q=0.8, he-IL;q=0")).toEqual(["en-GB", "fr-CA", "he"]);
    expect(tags("de-CH, en;q=0.9, en-US;q=0.5")).toEqual(["en-US", "fr", "he"]);
    expect(tags("fr-Latn-be")).toEqual(["en", "fr-BE", "he"]);
    for (const none of [null, "", "en-", "en-1", "en-<script>", "*"]) expect(tags(none), String(none)).toEqual(["en", "fr", "he"]);
    expect(formatDay("en-GB", "2026-11-21")).toBe("21 Nov");
    expect(formatDay("en-US", "2026-11-21")).toBe("Nov 21");
  });

  test("a translation names the same placeholders as the English text", () => {
    const english = texts(CATALOGUES.en);
    for (const locale of LOCALES) {
      for (const [key, text] of texts(CATALOGUES[locale])) {
        const original = english.get(key) ?? english.get(key.replace(/_(zero|two|few|many)$/, "_other"));
        // "One" and "two" may say the number in words.
        const allowed = /_(zero|one|two)$/.test(key)
          ? [placeholders(original), placeholders(original).filter((name) => name !== "count")]
          : [placeholders(original)];
        expect(allowed, `${locale} ${key}`).toContainEqual(placeholders(text));
      }
    }
  });

  test("two requests that speak different languages do not mix", () => {
    expect(wordsIn("fr")("common:actions.cancel")).toBe("Annuler");
    expect(wordsIn("he")("common:actions.cancel")).toBe("ביטול");
  });
});

function texts(node: unknown, path = ""): Map<string, string> {
  if (typeof node === "string") return new Map([[path, node]]);
  if (typeof node !== "object" || node === null) return new Map();
  return new Map(Object.entries(node).flatMap(([key, value]) => [...texts(value, path ? `${path}.${key}` : key)]));
}

function placeholders(text = ""): string[] {
  return [...text.matchAll(/{{\s*(\w+)[^}]*}}/g)].map(([, name = ""]) => name).sort();
}
