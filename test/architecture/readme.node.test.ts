import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { providers } from "#server/catalog/providers/registry.ts";
import { webhooks } from "#server/catalog/webhooks/registry.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** The rows of the table of providers, by the names of its columns. */
const [head = [], , ...rows] = (/^\| provider \|(?:.*\n)(?:\|.*\n)+/m.exec(readme)?.[0] ?? "")
  .trim()
  .split("\n")
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const table = rows.map((cells) => Object.fromEntries(cells.map((cell, at) => [head[at] ?? "", cell])));
const namesIn = (row: Record<string, string>) => (row.provider ?? "").split(", ");
/** A row may call a provider by more than its name: "TikTok for Business". */
const isCalled = (name: string, provider: string) => `${name} `.startsWith(`${provider} `);

describe("the README's table of providers", () => {
  test.each(providers.map(({ id, name }) => ({ id, name })))("has $name once, and says whether it sends events", ({ id, name }) => {
    const own = table.filter((row) => namesIn(row).some((each) => isCalled(each, name)));
    expect(own).toHaveLength(1);
    expect(own[0]?.["events in"] !== "none").toBe(webhooks.some(({ provider }) => provider === id));
  });

  test("has none that is not on the shelf", () => {
    expect(table.flatMap(namesIn).filter((name) => !providers.some((provider) => isCalled(name, provider.name)))).toEqual([]);
  });
});
