import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const files = execFileSync("git", ["ls-files", "server"], { encoding: "utf8" })
  .split("\n")
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path, text: readFileSync(path, "utf8") }));

/** Each version that we speak, and the one file that names it. */
const named: readonly [what: string, pattern: RegExp, file: string][] = [
  ["Shopify's Admin API", /admin\/api\/20\d\d|"20\d\d-(01|04|07|10)"/, "server/catalog/providers/shopify-api.ts"],
  ["Klaviyo's revision", /"20\d\d-\d\d-15"/, "server/catalog/providers/klaviyo-api.ts"],
  ["Google Ads", /"v2\d"/, "server/catalog/providers/google-ads.ts"],
  ["Meta's Graph API", /"v2\d\.0"/, "server/catalog/providers/meta.ts"],
  ["LinkedIn's API", /"20\d{4}"/, "server/catalog/providers/linkedin.ts"],
];

test.each(named)("%s: its version stands in one place", (_, pattern, file) => {
  const found = files.filter(({ path, text }) => path.startsWith("server/catalog/") && pattern.test(text)).map(({ path }) => path);
  expect(found.filter((path) => path !== "server/catalog/providers/linkedin.ts" || file === path)).toEqual([file]);
});
