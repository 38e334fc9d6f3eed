import { type ComponentProps, createElement } from "react";
import { renderToString } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { ChartData } from "#app/components/charts/chart-data.ts";
import { LineChart } from "#app/components/charts/line-chart.tsx";
import { namedPlaces, scaleOf } from "#app/components/charts/scale.ts";
import { DisplayProvider } from "#app/i18n/display.tsx";
import type { Locale } from "#app/i18n/locale.ts";
import { translatorOf } from "#app/i18n/translator.server.ts";
import { WordsProvider } from "#app/i18n/words.tsx";

const dataOf = (values: (number | null)[], more: Partial<ChartData> = {}): ChartData => ({
  series: [{ key: "a", label: "Revenue" }],
  points: values.map((value, at) => ({ x: `2026-11-${String(at + 1).padStart(2, "0")}`, values: { a: value } })),
  xIs: "day",
  unit: "count",
  ...more,
});

/** The page as the server sends it, without the table. */
function drawn(data: ChartData, locale: Locale = "en"): string {
  const chart = createElement(LineChart, { data, title: "Revenue" });
  const shown = createElement(DisplayProvider, { locale, now: 0 } as ComponentProps<typeof DisplayProvider>, chart);
  const html = renderToString(createElement(WordsProvider, { translator: translatorOf(locale) }, shown));
  return html.replace(/<details[\s\S]*<\/details>/, "");
}

const pathsOf = (html: string) => [...html.matchAll(/ d="([^"]*)"/g)].map(([, path = ""]) => path);

describe("a chart's scale", () => {
  const ticksOf = (values: number[], more: Partial<ChartData> = {}) => scaleOf(dataOf(values, more)).ticks;

  test("goes from 0 in even, round steps to the first that no figure is above", () => {
    expect(ticksOf([180, 960])).toEqual([0, 200, 400, 600, 800, 1000]);
    expect(ticksOf([101_000])).toEqual([0, 25_000, 50_000, 75_000, 100_000, 125_000]);
    expect(ticksOf([0.31], { unit: "ratio" })).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
  });

  test("counts what is counted in ones by whole numbers", () => {
    expect(ticksOf([2])).toEqual([0, 1, 2]);
    expect(ticksOf([11])).toEqual([0, 5, 10, 15]);
  });

  test("goes on below 0 where figures do, with 0 among its ticks", () => {
    expect(ticksOf([-120, 300])).toEqual([-200, -100, 0, 100, 200, 300]);
    expect(ticksOf([-4, -1])).toEqual([-4, -3, -2, -1, 0]);
  });

  test("of nothing but 0 is 0 alone", () => {
    expect(ticksOf([0, 0])).toEqual([0]);
  });

  test("names the last day and each a week before it", () => {
    expect(namedPlaces(30)).toEqual([29, 22, 15, 8, 1]);
    expect(namedPlaces(3)).toEqual([2, 1, 0]);
    expect(namedPlaces(1)).toEqual([0]);
  });
});

describe("a chart that the server draws", () => {
  test("goes straight from figure to figure, and carries no style of its own, which the CSP would refuse", () => {
    const html = drawn(dataOf([0, 50, 100, 25]));
    expect(pathsOf(html)).toContain("M0 100L33.33 50L66.67 0L100 75");
    for (const path of pathsOf(html)) expect(path).toMatch(/^[MLHhZ\d. -]*$/);
    expect(html).not.toContain("style=");
    expect(html).toContain("Nov 4");
    expect(html).toMatch(/<bdi>0<\/bdi>.*<bdi>100<\/bdi>/);
  });

  test("leads dotted to the day that is not over, which is named so and ends in a ring", () => {
    const data = dataOf([0, 50, 100, 25], { running: "2026-11-04" });
    const html = drawn(data);
    expect(pathsOf(html)).toContain("M0 100L33.33 50L66.67 0");
    expect(html).toMatch(/ d="M66.67 0L100 75" stroke-dasharray="2 3"/);
    expect(pathsOf(html).filter((path) => path === "M100 75h0")).toHaveLength(2);
    expect(html).toContain("Nov 4, so far");
    expect(drawn({ ...data, running: undefined })).not.toContain("so far");
  });

  test("breaks where nothing was measured, and shows a day that stands alone as a dot", () => {
    const paths = pathsOf(drawn(dataOf([100, 50, null, 50, null, 0, 50])));
    expect(paths).toContain("M0 0L16.67 50M83.33 100L100 50");
    expect(paths).toContain("M50 50h0");
  });

  test("runs to the left where words do, and says its days in their language", () => {
    const html = drawn(dataOf([0, 50, 100, 25]), "he");
    expect(pathsOf(html)).toContain("M100 100L66.67 50L33.33 0L0 75");
    expect(html).toContain('x="0%" y="12" text-anchor="end">4 בנוב׳');
  });

  test("is silent, as its figures are in a table, and has a line and a name in the legend for each of several series", () => {
    const series = [
      { key: "a", label: "Direct" },
      { key: "b", label: "Email" },
    ];
    const html = drawn(dataOf([0, 100], { series }));
    expect(html.match(/<svg aria-hidden="true"/g)?.length).toBe(html.match(/<svg/g)?.length);
    expect(html).toMatch(/Direct.*Email/);
    expect(html).not.toContain("fill-opacity");
  });
});
