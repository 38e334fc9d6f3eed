import { expect, test } from "vitest";
import { sessionCookie } from "#server/auth.ts";
import { ask } from "#test/ask.ts";
import { makeUser } from "#test/harness.ts";
import { doorOf, doors } from "#workers/doors.ts";
import { headersOf } from "#workers/http/security-headers.ts";

const foreign = "https://shop.example";
/** An address behind each door. */
const behind = (path: string) => path.replace("/*", path === "/*" ? "/sign-in" : "/x").replace("//", "/");

test("every address has its door, and the more general one comes after", () => {
  expect(doorOf("/healthz").path).toBe("/healthz");
  expect(doorOf("/webhooks/shopify").who).toBe("signature");
  expect(doorOf("/api/auth/oauth/google/callback").path).toBe("/api/auth/oauth/*");
  expect(doorOf("/api/clients").path).toBe("/api/*");
  expect(doorOf("/apiary").path).toBe("/*");
  expect(doorOf("/dev/outbox").who).toBe("developer");
  for (const { path } of doors) expect(doorOf(behind(path)).path, `no door before ${path} takes its addresses`).toBe(path);
});

test.each(doors)("$path keeps to its rules for senders, readers, frames and devices", async (door) => {
  const { token } = await makeUser();
  const cookie = `${sessionCookie}=${token}`;
  const sent = await ask(behind(door.path), { method: "POST", headers: { cookie, origin: foreign }, body: "{}" });
  if (door.path !== "/healthz") expect(sent.status === 403, "a page of another site").toBe(door.senders === "ours");
  const asked = await ask(behind(door.path), { method: "OPTIONS", headers: { origin: foreign, "access-control-request-method": "POST" } });
  expect(asked.headers.get("access-control-allow-origin")).toBe(door.readers === "any" ? "*" : null);
  const seen = await ask(behind(door.path), { headers: { cookie } });
  expect(seen.headers.get("x-frame-options")).toBe(door.framed === "nobody" ? "DENY" : null);
  expect(seen.headers.get("content-security-policy")).toContain(`frame-ancestors ${door.framed === "nobody" ? "'none'" : "*"}`);
  for (const device of ["camera", "microphone"] as const)
    expect(seen.headers.get("permissions-policy")).toContain(`${device}=(${door.devices.includes(device) ? "self" : ""})`);
});

test.each(doors.filter(({ path }) => path !== "/healthz"))(
  "$path takes no body that is longer than it says",
  async ({ path, maxBody, who }) => {
    const { token } = await makeUser();
    const headers = { "content-type": "application/json", cookie: `${sessionCookie}=${token}`, "sec-fetch-site": "same-origin" };
    const tooLong = await ask(behind(path), { method: "POST", headers, body: "x".repeat((maxBody ?? 0) + 1) });
    expect(tooLong.status === 413, who).toBe(maxBody !== null);
  },
);

test("what may be framed, read or heard elsewhere says so in its headers", () => {
  const [first] = doors;
  if (!first) throw new Error("there are no doors");
  expect(headersOf({ ...first, framed: "anybody", readers: "any", devices: ["microphone"] })).toMatchObject({
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "permissions-policy": expect.stringContaining("camera=(), microphone=(self)"),
  });
  expect(headersOf({ ...first, framed: "anybody" })).not.toHaveProperty("x-frame-options");
});
