import { expect, test } from "vitest";
import { schedules } from "#db/schema/index.ts";
import type { Sensor } from "#server/catalog/sensor.ts";
import type { Tenant } from "#server/ctx.ts";
import type { ConnectionFacts } from "#server/domain/connections/choose-account.ts";
import { type ScheduleFacts, scheduleStatements } from "#server/domain/schedules/schedule-statements.ts";
import { latestSlot, nextSlot } from "#server/domain/schedules/slots.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { testClock } from "#test/domain/runs/clock.ts";
import { testSensor } from "#test/domain/runs/sensors.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";

const hour = 3_600_000;
const shop = testSensor("shop", undefined, { needs: [{ provider: "shopify", scopes: ["read_orders"] }] });
const free = testSensor("free");
const active = {
  ...{ id: "con_1", provider: "shopify", externalId: "shop-1", status: "active", kind: "oauth", preferredAt: null },
  ...{ chosen: [] as { kind: string; id: string; gone?: boolean }[], scopesGranted: ["read_orders"] },
} satisfies ConnectionFacts;

async function scheduled() {
  const clock = testClock();
  const ctx = testTenantCtx(await makeTenant(), "owner", { now: clock.now });
  const rows = async () =>
    Object.fromEntries((await ctx.db.select().from(schedules).where(inTenant(ctx, schedules))).map((row) => [row.job, row]));
  return {
    ctx,
    now: clock.now,
    later: clock.advance,
    rows,
    async apply({ connections, ...more }: ScheduleFacts & Partial<Tenant>, jobs: readonly Sensor[] = [shop, free]) {
      const [first, ...rest] = scheduleStatements({ ...ctx, tenant: { ...ctx.tenant, ...more } }, { connections }, jobs);
      if (first) await ctx.db.batch([first, ...rest]);
      return rows();
    },
  };
}

test("a job whose provider is missing, gone or under-granted is blocked, and says why", async () => {
  const { apply } = await scheduled();
  expect((await apply({ connections: [] })).shop?.blocked).toBe("not_connected");
  expect((await apply({ connections: [{ ...active, status: "disconnected" }] })).shop?.blocked).toBe("not_connected");
  expect((await apply({ connections: [{ ...active, status: "reconnect_needed" }] })).shop?.blocked).toBe("reconnect_needed");
  expect((await apply({ connections: [{ ...active, scopesGranted: [] }] })).shop?.blocked).toBe("missing_scopes");
  const rows = await apply({ connections: [active] });
  expect([rows.shop?.blocked, rows.free?.blocked]).toEqual([null, null]);
});

test("a suspended tenant's jobs are all blocked, and run again once it is active", async () => {
  const { apply } = await scheduled();
  const rows = await apply({ connections: [active], status: "suspended" });
  expect([rows.shop?.blocked, rows.free?.blocked]).toEqual(["suspended", "suspended"]);
  expect((await apply({ connections: [active], status: "active" })).free?.blocked).toBeNull();
});

test("a job that may run again is due at once, one that could all along keeps its time", async () => {
  const { apply, later, now } = await scheduled();
  const before = await apply({ connections: [] });
  later(hour);
  const after = await apply({ connections: [active] });
  expect(after.shop?.nextAt).toBe(now());
  expect(after.free?.nextAt).toBe(before.free?.nextAt);
});

test("a job is off only where the tenant's features say so", async () => {
  const { apply } = await scheduled();
  const rows = await apply({ connections: [], features: { free: false } });
  expect([rows.free?.enabled, rows.shop?.enabled]).toEqual([false, true]);
  expect((await apply({ connections: [], features: {} })).free?.enabled).toBe(true);
});

test("a job that left the shelf no longer runs, and its cursor stays for the day it comes back", async () => {
  const { apply } = await scheduled();
  await apply({ connections: [] });
  const rows = await apply({ connections: [] }, [shop]);
  expect(rows.free?.blocked).toBe("retired");
  expect((await apply({ connections: [] })).free?.blocked).toBeNull();
});

test("a job that shall run more often does not wait for its old slot", async () => {
  const { apply, now } = await scheduled();
  await apply({ connections: [] }, [testSensor("free", undefined, { everyS: 86_400 })]);
  const rows = await apply({ connections: [] }, [testSensor("free", undefined, { everyS: 600 })]);
  expect([rows.free?.everyS, rows.free?.nextAt]).toEqual([600, now()]);
});

test("slots are even in UTC: the days of 23 and 25 hours have 23 and 25 hourly slots", () => {
  const grid = { tenantId: "acme", job: "shop", everyS: 3600, dailyAt: null, zone: null };
  const slotsBetween = (from: string, to: string) => {
    const slots: number[] = [];
    for (let at = nextSlot(grid, Date.parse(from) - 1); at < Date.parse(to); at = nextSlot(grid, at)) slots.push(at);
    return slots;
  };
  // Europe/Paris in 2026: clocks go forward on 29 March and back on 25 October.
  expect(slotsBetween("2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00")).toHaveLength(23);
  const autumn = slotsBetween("2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00");
  expect(new Set(autumn).size).toBe(25);
});

test("tenants start at different moments of a slot, each always at its own", () => {
  const now = Date.parse("2026-03-01T10:00:00Z");
  const offsets = Array.from(
    { length: 200 },
    (_, index) => latestSlot({ tenantId: `t${index}`, job: "shop", everyS: 3600, dailyAt: null, zone: null }, now) % hour,
  );
  expect(new Set(offsets).size).toBeGreaterThan(150);
  const grid = { tenantId: "acme", job: "shop", everyS: 3600, dailyAt: null, zone: null };
  expect(latestSlot(grid, latestSlot(grid, now))).toBe(latestSlot(grid, now));
});
