import { expect, test } from "vitest";
import { CHOICES, readColumns, withColumns } from "#app/columns.ts";

const cookie = (value: string) => `atrium_columns=${value}`;

test("who chose nothing sees the usual columns; a cookie that says nonsense is as good as none", () => {
  for (const header of [null, "", cookie(""), cookie("nobody.status"), cookie("constructor.status")])
    expect(readColumns(header, "fleet")).toEqual(CHOICES.fleet.usual);
});

test("chosen columns stand in the table's own order, without what it does not have", () => {
  expect(readColumns(cookie("fleet.plan.salary.status"), "fleet")).toEqual(["status", "plan"]);
  expect(readColumns(cookie("fleet"), "fleet")).toEqual([]);
});

test("a choice for one table keeps those for the others, and takes nothing that it does not know", () => {
  const chosen = withColumns(cookie("fleet.plan"), "runs", ["took", "status", "a.b_c"]);
  expect(chosen).toBe("fleet.plan_runs.status.took");
  expect(readColumns(cookie(chosen), "fleet")).toEqual(["plan"]);
  expect(withColumns(cookie(chosen), "runs", [])).toBe("fleet.plan_runs");
});
