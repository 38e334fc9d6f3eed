import { describe, expect, test } from "vitest";
import { safeReturnPath } from "#app/return-path.ts";
import { landingOf } from "#server/domain/people/landing-of.ts";
import { pagePath, ReturnPath, safePath } from "#server/domain/people/schemas.ts";
import { networkOf } from "#server/domain/tenancy/network-of.ts";

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
  test.each([
    "/t/acme/connect/klaviyo",
    "/t/acme/connect/klaviyo/",
    "/t/acme/connect/klaviyo?sets=marketing&return=/t/acme",
    "/t/acme/%63onnect/klaviyo",
    "/t/acme/%2563onnect/klaviyo",
    "/T/acme/Connect/klaviyo",
    "/t/acme/x/../connect/klaviyo",
    "/%74/acme/connect/klaviyo",
    "/%61pi/auth/oauth/klaviyo/authorize?tenant=acme",
    "/API/auth/oauth/klaviyo/authorize?tenant=acme",
    "/api/auth/oauth/klaviyo/callback?code=x&state=y",
    "/api/integrations/klaviyo/oauth/start",
    "/admin/new-client/klaviyo",
    "/admin/%6eew-client/shopify?shop=x",
    "/t/acme/exports/exp_1",
    "/admin/clients/acme/exports/exp_1",
    "/t/acme?_data=routes%2Ft.%24tenant",
    "/t/acme/runs.data",
    "/webhooks/shopify",
    "/healthz",
    "/dev/outbox",
    "/assets/x.js",
    "/switch",
    "/sign-out",
    "/%73ign-out",
  ])("%j is a step that acts or no page: nobody is sent to it, whatever wrote it down", (path) => {
    expect(pagePath(path)).toBeNull();
    expect(ReturnPath.parse(path)).toBeNull();
    expect(safeReturnPath(path)).toBe("/");
    // Written down before that was judged.
    for (const staff of [true, false]) {
      const landing = landingOf({ staff, onboarded: true, tenants: ["acme"], returnTo: path });
      expect(landing).toBe(staff ? "/admin" : "/t/acme");
    }
  });
  test.each([
    "/t/acme/integrations/klaviyo",
    "/t/acme/integrations/google/choose?connection=con_1&kind=calendar",
    "/admin/new-client",
    "/admin/clients/acme",
    "/onboarding?step=2",
    "/invitation/inv_1",
    "/docs/api",
    "/t/connect/runs",
  ])("%j is a page to come back to", (path) => {
    expect(ReturnPath.parse(path)).toBe(path);
    expect(landingOf({ staff: false, onboarded: true, tenants: [], returnTo: path })).toBe(path);
  });
  test.each(["/sign-in", "/SIGN-IN", "/sign-in/code", "/sign-out", "/api/trpc/me.get", "/dev/outbox", "/"])(
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
