import { describe, expect, test } from "vitest";
import { safeReturnPath } from "#app/return-path.ts";
import { networkOf } from "#server/domain/rate-limits/network-of.ts";
import { ReturnPath, safePath } from "#server/domain/sessions/schemas.ts";

const refused = [
  "",
  "t/acme",
  "https://evil.example",
  "javascript:alert(1)",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/t/\\evil.example",
  "/%2fevil.example",
  "/%2F%2Fevil.example",
  "/%5cevil.example",
  "/%255cevil.example",
  "/%25252fevil.example",
  "/.//evil.example",
  "/t/..//evil.example",
  "/%2e%2e//evil.example",
  "/t//acme",
  "/user:secret@evil.example",
  "/@evil.example",
  "/%40evil.example",
  "/\tevil",
  "/\t/evil.example",
  "/t/acme\r\nSet-Cookie: a=b",
  "/t/%0d%0aSet-Cookie",
  "/t/%00",
  "/t/\u0085acme",
  "/t/%",
  "/t/%ff",
  " /t/acme",
  `/${"a".repeat(1000)}`,
];

const kept: [string, string][] = [
  ["/", "/"],
  ["/t/acme", "/t/acme"],
  ["/t/acme/runs?page=2&q=a%2Fb#top", "/t/acme/runs?page=2&q=a%2Fb#top"],
  ["/t/acme/../beta", "/t/beta"],
  ["/t/acme?next=//evil.example", "/t/acme?next=//evil.example"],
  ["/t/%C3%A9t%C3%A9", "/t/%C3%A9t%C3%A9"],
];

describe("a path to return to", () => {
  test.each(refused)("%j leads away or is none, and is refused", (path) => {
    expect(safePath(path)).toBeNull();
    expect(safeReturnPath(path)).toBe("/");
  });
  test.each(kept)("%j stays on this site", (path, normal) => {
    expect(safePath(path)).toBe(normal);
    expect(safeReturnPath(path)).toBe(normal);
  });
  test.each(["/sign-in", "/sign-in/code", "/sign-out", "/api/trpc/me.get", "/dev/outbox", "/"])(
    "%j is no place to go after signing in",
    (path) => {
      expect(ReturnPath.parse(path)).toBeNull();
    },
  );
});

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
  ["2001:0db8:0001:0002::", "2001:db8:1:2::/64"],
  ["::1", "0:0:0:0::/64"],
  [null, "none"],
])("%s is counted under %s", (ip, network) => {
  expect(networkOf(ip)).toBe(network);
});
