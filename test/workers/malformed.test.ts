import { expect, test } from "vitest";
import { ask } from "#test/ask.ts";

/** Pieces that no honest link has, in every spelling that a URL lets through. */
const pieces = [
  ...["%5C", "%5c%5c", "%", "%%", "%2", "%zz", "%00", "%0d%0a", "%E0%A4%A", "%C0%AF", "%ff%fe", "%2e%2e%2f", "..%5c", "%2F%2F", "//", "\\"],
  ...[
    "%25%35%43",
    ";a=b",
    ":",
    "@",
    "*",
    "$",
    "~",
    "%F0%9F%98%80",
    "%E2%80%AE",
    "%ED%A0%80",
    "%u0041",
    "__proto__",
    "constructor",
    "%7B%7D",
  ],
  ...["a".repeat(6000), "%41".repeat(2000), "a/".repeat(500), "{tenant}", ":tenant", "(.*)", "[", "^", "|", "<script>", "'", '"', "`"],
];
const places = ["/", "/t/", "/admin/clients/", "/api/", "/api/trpc/", "/webhooks/"];

test("no address, however it is written, is our own fault: some hundred that are malformed are all refused or answered", async () => {
  const addresses = places.flatMap((place) => pieces.map((piece) => `${place}${piece}`));
  const failed: string[] = [];
  for (const address of addresses) {
    const answer = await ask(address);
    await answer.arrayBuffer();
    if (answer.status >= 500) failed.push(`${answer.status} ${address.slice(0, 40)}`);
  }
  expect(addresses.length).toBeGreaterThan(200);
  expect(failed).toEqual([]);
}, 60_000);
