import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, expect, test, vi } from "vitest";
import { openDb } from "#db/client.ts";
import { rateUses } from "#db/schema/index.ts";
import { forgetRates } from "#server/domain/health/note-rates.ts";
import type { RatedCall } from "#server/rate-leases.ts";
import { makeTenant, type TestEnv, testCtx, testEnv } from "#test/harness.ts";
import { buildJobCtx } from "#workers/build-ctx.ts";

afterEach(() => vi.restoreAllMocks());

const invocation = (bindings: TestEnv = env as TestEnv) => buildJobCtx({ env: bindings, connect: () => Promise.reject() as never }, "test");
const callOf = (tenant: string, externalId: string): RatedCall => ({
  account: { provider: "hubspot", externalId, tenant, connection: "con-of-the-test" },
  limits: [{ name: "calls", most: 4, perS: 0.1 }],
  ...{ cost: 1, priority: "decision", service: "api" },
});

test("invocations of two clients that are connected to one account have one budget; another account has its own", async () => {
  const call = callOf("t-1", `portal-${crypto.randomUUID()}`);
  const begun = [];
  for (const tenant of ["t-1", "t-2", "t-1", "t-2", "t-1"]) {
    begun.push(await invocation().rates.begin({ ...call, account: { ...call.account, tenant } }, 0));
  }
  expect(begun.slice(0, 4)).toEqual([null, null, null, null]);
  expect(begun[4]).toMatchObject({ down: false, retryAfterS: 10 });
  expect(await invocation().rates.begin(callOf("t-1", `portal-${crypto.randomUUID()}`), 0)).toBeNull();
});

test("how near an account is to its limits is noted for the agency, once a minute, and forgotten after a day", async () => {
  const tenant = await makeTenant();
  const { rates } = invocation();
  const call = callOf(tenant.id, `portal-${crypto.randomUUID()}`);
  const rows = () => openDb(testEnv.DB).select().from(rateUses).where(eq(rateUses.tenantId, tenant.id));
  let now = Math.ceil(Date.now() / 60_000) * 60_000;
  vi.spyOn(Date, "now").mockImplementation(() => now);
  for (let calls = 0; calls < 6; calls++) await rates.begin(call, 0);
  expect(await rows()).toEqual([]);
  now += 60_000;
  await rates.begin(call, 0);
  await vi.waitFor(async () => expect(await rows()).toMatchObject([{ limit: "calls", share: 4 / 6, waits: 2, at: now }]));
  await forgetRates(testCtx({ actor: { type: "system", job: "test" }, now: () => now + 24 * 3_600_000 + 1 }));
  expect(await rows()).toEqual([]);
});

test("where nothing keeps rates, as in a script, calls go all the same", async () => {
  const { RATES: _none, ...bindings } = env as TestEnv;
  const { rates } = invocation(bindings as TestEnv);
  expect(await rates.begin(callOf("t-1", "portal"), 0)).toBeNull();
});
