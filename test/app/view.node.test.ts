import { expect, test } from "vitest";
import { viewIn } from "#app/view.ts";
import { ViewInput } from "#server/domain/metrics/schemas.ts";

const asked = (query: string) => viewIn(new URLSearchParams(query));
const usual = { range: 30, compare: "previous" };

test("days of one's own are a span in either order, and a single day is one", () => {
  const range = { from: "2026-02-27", to: "2026-03-01" };
  expect(asked("from=2026-02-27&to=2026-03-01&compare=year")).toEqual({ range, compare: "year" });
  expect(asked("from=2026-03-01&to=2026-02-27").range).toEqual(range);
  expect(asked("from=2024-02-29&to=2024-02-29").range).toEqual({ from: "2024-02-29", to: "2024-02-29" });
});

test("of more than a year and a day its end is shown", () => {
  expect(asked("from=2021-01-01&to=2026-11-30").range).toEqual({ from: "2025-11-30", to: "2026-11-30" });
  expect(asked("from=2025-11-30&to=2026-11-30").range).toEqual({ from: "2025-11-30", to: "2026-11-30" });
});

test.each([
  ...[
    "from=2026-02-31&to=2026-03-05",
    "from=2026-02-29&to=2026-02-29",
    "from=2026-11-30",
    "to=2026-11-30",
    "from=2026-13-01&to=2026-13-02",
  ],
  ...["from=9999-99-99&to=9999-99-99", "from=9999-12-30&to=9999-12-31", "from=0000-01-01&to=0000-01-02", "from=-1&to=5"],
  ...[
    "from=%00&to=%E2%80%AE",
    `from=${"9".repeat(10_000)}&to=2026-01-01`,
    "range=-7",
    "range=1e1",
    "compare=never",
    "from=+12026-01-01&to=2026-01-01",
  ],
])("what is no view is the usual 30 days, not an error page: %.60s", (query) => {
  expect(asked(query)).toEqual(usual);
  expect(ViewInput.safeParse(asked(query)).success).toBe(true);
});
