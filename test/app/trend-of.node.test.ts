import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Sparkline } from "#app/components/charts/sparkline.tsx";
import { trendOf } from "#app/components/client/trend-of.ts";

test("a tile's line ends with the last whole day: today so far is no fall", () => {
  const line = trendOf({ trend: [10, 12, 11, 1], running: true });
  expect(line).toEqual([10, 12, 11]);
  const [, path] = renderToStaticMarkup(createElement(Sparkline, { values: line ?? [] })).match(/ d="(M[^"Z]*)" fill="none"/) ?? [];
  // The last figure is between the other two, and none is at the foot that today would be.
  expect(path).toBe("M0 29L48.5 3L97 16");
});

test("the line of a state, which is whole when it is measured, ends today", () => {
  expect(trendOf({ trend: [10, 12, 11, 1], running: false })).toEqual([10, 12, 11, 1]);
});

test("there is no line until two whole days were measured", () => {
  expect(trendOf({ trend: [null, null, 12, 1], running: true })).toBeUndefined();
  expect(trendOf({ trend: [null, 11, 12, null], running: true })).toEqual([null, 11, 12]);
});
