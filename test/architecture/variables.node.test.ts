import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const namesIn = (text: string, line: RegExp) => [...text.matchAll(line)].map(([, name]) => name).sort();

test("a batch of what opens connections fits into the six that an invocation has", () => {
  const wrangler = read("wrangler.toml");
  for (const queue of ["atrium-tokens", "atrium-mail"]) {
    const [, size] = new RegExp(`queues\\.consumers\\]\\]\\nqueue = "${queue}"\\n(?:#.*\\n)*max_batch_size = (\\d+)`).exec(wrangler) ?? [];
    expect(Number(size), queue).toBeLessThanOrEqual(6);
  }
});

test(".dev.vars.example names every variable and secret that server/env.ts reads, once, and no other", () => {
  const asked = namesIn(read("server/env.ts"), /^ {4}([A-Z_]+): /gm);
  expect(asked).toContain("VAULT_KEYS");
  expect(namesIn(read(".dev.vars.example"), /^(?:# )?([A-Z_]+)=/gm)).toEqual(asked);
});
