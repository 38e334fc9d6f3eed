import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { ChartData } from "./chart-data.ts";

const useWords = wordsOf("common");

/** The figures of a chart, for those who do not see it and those who want them exactly. */
export function ChartTable({ data, title }: { data: ChartData; title: string }) {
  const t = useWords();
  const format = useFormat();
  const { series, xIs, xLabel } = data;
  const caption = t("chart.figuresOf", { title });
  return (
    // A region that scrolls must be reachable by keyboard.
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      aria-label={caption}
      className="relative mt-2 max-h-72 overflow-auto rounded-control border border-line"
    >
      <table className="figure-table">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{xLabel ?? (xIs === "day" ? t("chart.date") : <span className="sr-only">{title}</span>)}</th>
            {series.map(({ key, label }) => (
              <th key={key} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody
          // The two sides may hold different versions of the language data.
          suppressHydrationWarning
          // biome-ignore lint/security/noDangerouslySetInnerHtml: thousands of cells as elements took most of a page's time; each text is escaped
          dangerouslySetInnerHTML={{ __html: rowsOf(data, { format, soFar: (name) => t("chart.soFar", { name }) }) }}
        />
      </table>
    </section>
  );
}

interface Words {
  format: ReturnType<typeof useFormat>;
  soFar(name: string): string;
}

function rowsOf({ series, points, xIs, unit, currency, running }: ChartData, { format, soFar }: Words): string {
  let html = "";
  for (const { x, values } of points) {
    const name = xIs === "day" ? format.day(x, "date") : x;
    html += `<tr><th scope="row">${escaped(x === running ? soFar(name) : name)}</th>`;
    for (const { key } of series) {
      const value = values[key];
      html += `<td>${value === null || value === undefined ? "–" : escaped(format.quantity({ value, unit, currency }))}</td>`;
    }
    html += "</tr>";
  }
  return html;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string) => text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
