import { createExecutionContext } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { ask } from "#test/ask.ts";
import { testEnv } from "#test/harness.ts";
import { testOrigin } from "#test/variables.ts";
import worker from "#workers/app.ts";

/** What was found is held for five seconds; a test's own look begins after them. */
async function later<T>(look: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ now: Date.now() + 3_600_000 * Math.random() + 10_000, toFake: ["Date"] });
  try {
    return await look();
  } finally {
    vi.useRealTimers();
  }
}

test("/healthz answers what it looked at, with 200 or 503 as that is", async () => {
  const response = await later(() => ask("/healthz"));
  const body = (await response.json()) as { ok: boolean; checks: Record<string, { ok: boolean }> };
  expect(Object.keys(body.checks)).toEqual(["configuration", "database", "tick", "runs", "deliveries"]);
  expect(body.checks).toMatchObject({ configuration: { ok: true }, database: { ok: true } });
  expect(response.status).toBe(body.ok ? 200 : 503);
});

test("asked often it looks once", async () => {
  const batch = vi.spyOn(testEnv.DB, "batch");
  await later(async () => {
    for (let asked = 0; asked < 20; asked++) await ask("/healthz");
  });
  const looks = batch.mock.calls.length;
  batch.mockRestore();
  expect(looks).toBe(1);
});

test("where a variable is missing it is a 503 that names none", async () => {
  const request = new Request(`${testOrigin}/healthz`) as Request<unknown, IncomingRequestCfProperties>;
  const env = { ...testEnv, SIGNING_KEY: "" };
  const response = await later(() => Promise.resolve(worker.fetch(request, env, createExecutionContext())));
  expect(response.status).toBe(503);
  const body = await response.text();
  expect(JSON.parse(body)).toMatchObject({ ok: false, checks: { configuration: { ok: false } } });
  expect(body).not.toContain("SIGNING_KEY");
});
