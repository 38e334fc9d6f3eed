import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import type { ChartData } from "#app/components/charts/chart-data.ts";
import { ChartTable } from "#app/components/charts/chart-table.tsx";
import { translatorOf } from "#app/i18n/translator.server.ts";
import { WordsProvider } from "#app/i18n/words.tsx";

const tableOf = (data: ChartData) => {
  const table = createElement(ChartTable, { data, title: "Revenue" });
  return renderToString(createElement(WordsProvider, { translator: translatorOf("en") }, table));
};

test("a name in a table of figures is text, whatever it holds", () => {
  const html = tableOf({
    series: [{ key: "a", label: "<i>A</i>" }],
    points: [{ x: `<b>"x"</b> & 'y'`, values: { a: 1 } }],
    xIs: "text",
    unit: "count",
  });
  expect(html).toContain("&lt;b&gt;&quot;x&quot;&lt;/b&gt; &amp; &#39;y&#39;");
  expect(html).not.toMatch(/<[bi]>/);
});

test("each day has a row with a figure for each series, and a dash where nothing was measured", () => {
  const html = tableOf({
    series: [
      { key: "a", label: "A" },
      { key: "b", label: "B" },
    ],
    points: [
      { x: "2026-11-20", values: { a: 123_456, b: null } },
      { x: "2026-11-21", values: { a: 0 } },
    ],
    xIs: "day",
    unit: "money",
    currency: "EUR",
  });
  expect(html).toContain('<tr><th scope="row">Nov 20, 2026</th><td>€1,234.56</td><td>–</td></tr>');
  expect(html).toContain('<tr><th scope="row">Nov 21, 2026</th><td>€0.00</td><td>–</td></tr>');
});
