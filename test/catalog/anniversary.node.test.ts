import { expect, test } from "vitest";
import { birthDateOf, daysOfYear, nextAnniversary } from "#server/catalog/anniversary.ts";

const today = "2026-11-30";

test.each([
  ...["1900-01-01", "1916-11-30", "2199-05-04", "2026-11-30", "2010-12-01", "0000-00-00", "0001-01-01"],
  ...[
    "1990-02-30",
    "1900-02-29",
    "1990-13-01",
    "1990-00-10",
    "23/04/1990",
    "1990-4-23",
    "19900423",
    "1990",
    "spring",
    "",
    "1990-04-23 or so",
  ],
  ...[" 1990-04-23", "+001990-04-23", "1990-04-23\n1991-04-23"],
])("%j is no date of birth", (value) => expect(birthDateOf(value, today)).toBeNull());

test("who has none has none", () => expect([null, undefined].map((none) => birthDateOf(none, today))).toEqual([null, null]));

test.each([
  ["1990-04-23", "1990-04-23"],
  ["1990-04-23T23:00:00+00:00", "1990-04-23"],
  ["1992-02-29", "1992-02-29"],
  ["2010-11-30", "2010-11-30"],
  ["1916-12-01", "1916-12-01"],
])("%s is the day %s", (value, day) => expect(birthDateOf(value, today)).toBe(day));

test("the 29th of February comes again on the 28th in years that have none", () => {
  expect(nextAnniversary("1992-02-29", "2027-01-05")).toBe("2027-02-28");
  expect(nextAnniversary("1992-02-29", "2027-02-28")).toBe("2027-02-28");
  expect(nextAnniversary("1992-02-29", "2027-03-01")).toBe("2028-02-29");
  expect(nextAnniversary("1992-02-29", "2028-02-28")).toBe("2028-02-29");
  // No leap year, as a century is none unless four hundred divides it.
  expect(nextAnniversary("1992-02-29", "2099-03-01")).toBe("2100-02-28");
  expect(daysOfYear(["2027-02-28", "2027-03-01"])).toEqual(["02-28", "02-29", "03-01"]);
  expect(daysOfYear(["2028-02-28", "2028-02-29"])).toEqual(["02-28", "02-29"]);
});

test("an anniversary is today, later this year, or next year", () => {
  expect(nextAnniversary("1990-11-30", today)).toBe("2026-11-30");
  expect(nextAnniversary("1990-12-31", today)).toBe("2026-12-31");
  expect(nextAnniversary("1990-11-29", today)).toBe("2027-11-29");
});

test("every day of birth is found by the days of a year of the day on which it comes again", () => {
  const start = Date.UTC(1991, 0, 1);
  for (let n = 0; n < 3 * 366; n++) {
    const born = new Date(start + n * 86_400_000).toISOString().slice(0, 10);
    for (const now of ["2026-12-31", "2027-02-28", "2028-02-28", "2028-02-29"]) {
      expect(daysOfYear([nextAnniversary(born, now)])).toContain(born.slice(5));
    }
  }
});
