import { expect, test } from "vitest";
import { quietUntil } from "#server/domain/notices/quiet-until.ts";

const at = (time: string) => Date.parse(`2026-${time}:00Z`);
const london = (time: string, quietFrom: string, quietTo: string) => {
  const until = quietUntil({ now: at(time), zone: "Europe/London" }, { quietFrom, quietTo });
  return until === null ? null : new Date(until).toISOString().slice(5, 16);
};

test("quiet hours over midnight hold from the evening to the morning, and not between", () => {
  expect(london("01-10T20:59", "21:00", "08:00")).toBeNull();
  expect(london("01-10T21:00", "21:00", "08:00")).toBe("01-11T08:00");
  expect(london("01-11T07:59", "21:00", "08:00")).toBe("01-11T08:00");
  expect(london("01-11T08:00", "21:00", "08:00")).toBeNull();
});

test("where summer time leaves out the time at which they begin, they begin as the clock goes beyond it", () => {
  // At 01:00 of 29 March the clock shows 02:00.
  expect(london("03-29T00:59", "01:30", "08:00")).toBeNull();
  expect(london("03-29T01:00", "01:30", "08:00")).toBe("03-29T07:00");
  expect(london("03-29T01:29", "01:30", "08:00")).toBe("03-29T07:00");
});

test("an hour that comes twice does not end them in between", () => {
  // On 25 October the hour from 01:00 comes again at 01:00 UTC.
  expect(london("10-25T00:29", "01:30", "08:00")).toBeNull();
  for (const time of ["10-25T00:30", "10-25T00:59", "10-25T01:00", "10-25T01:29"])
    expect(london(time, "01:30", "08:00")).toBe("10-25T08:00");
});

test("without a time, or with the same twice, there are none", () => {
  expect(london("01-10T23:00", "23:00", "23:00")).toBeNull();
  expect(quietUntil({ now: at("01-10T23:00"), zone: "Europe/London" }, { quietFrom: null, quietTo: null })).toBeNull();
});
