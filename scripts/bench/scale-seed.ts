import { newId } from "#server/ids.ts";
import type { Portal } from "./seed.ts";

const dayMs = 86_400_000;

/** Nine times the figures that a client has, in the days before them, and orders of as long a time: ten times its history. */
export async function deepen(d1: D1Database, { tenant }: Portal, now: number): Promise<void> {
  for (let times = 1; times < 10; times++) {
    await d1
      .prepare(
        `insert into measurements (tenant_id, job, metric, day, dimension, currency, value, measured_at)
         select tenant_id, job, metric, date(day, ?2), dimension, currency, value, measured_at from measurements
         where tenant_id = ?1 and day > ?3 on conflict do nothing`,
      )
      .bind(tenant, `-${90 * times} days`, dayAgo(now, 90))
      .run();
  }
}

/** Orders of a client, ten a day. */
export async function seedOrders(d1: D1Database, { tenant }: Portal, { days, now }: { days: number; now: number }): Promise<void> {
  await d1
    .prepare(
      `insert into orders (tenant_id, connection_id, external_id, customer_id, placed_at, day, gross_minor, currency, updated_at)
       with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ?2)
       select ?1, 'con', 'order-' || i, 'customer-' || (i % 500), ?3 - i * 8640000, date((?3 - i * 8640000) / 1000, 'unixepoch'), 1000 + i % 90, 'EUR', ?3
       from n`,
    )
    .bind(tenant, days * 10, now)
    .run();
}

const dayAgo = (now: number, days: number) => new Date(now - days * dayMs).toISOString().slice(0, 10);

/** Runs that went well, but for three that failed and three that are dead among the oldest; of ten jobs, one of which ran three times. */
export async function seedRuns(d1: D1Database, { tenant }: Portal, count: number): Promise<void> {
  await d1
    .prepare(
      `insert into runs (id, tenant_id, job, slot, "trigger", status, available_at, created_at)
       with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ?2)
       select 'run_' || printf('%016d', i) || ?1, ?1, case when i in (10, 20, 30) then 'klaviyo-sensor' when i % 10 = 0 then 'shopify-sensor' else 'job-' || (i % 10) end,
         i, 'schedule', case when i in (11, 21, 31) then 'failed' when i in (12, 22, 32) then 'dead' else 'succeeded' end, 0, i from n`,
    )
    .bind(tenant, count)
    .run();
}

/** Actions that wait for a person, half of each of two automations, each with one step. */
export async function seedWaiting(d1: D1Database, { tenant }: Portal, { count, now }: { count: number; now: number }): Promise<void> {
  const numbers = "with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ?2)";
  await d1.batch([
    d1
      .prepare(
        `insert into actions (id, tenant_id, automation, run_id, dedupe, subject, connection_id, customer_id, touches, hash, evidence, status, created_at, expires_at)
         ${numbers} select 'act_' || printf('%016d', i) || ?1, ?1, iif(i % 2, 'at-risk-customer-flow', 'review-request-automation'), 'run', 'd' || i,
           'customer:' || i, 'con', i, 'customer', 'hash', '{"line":"late","params":{"orders":4,"every":24,"ago":41,"usual":{"minor":3800,"currency":"GBP"}}}',
           'waiting', ?3 - i * 1000, ?3 + 604800000 from n`,
      )
      .bind(tenant, count, now),
    d1
      .prepare(
        `insert into action_steps (tenant_id, action_id, place, kind, account_id, connection_id, customer_id, payload, status)
         ${numbers} select ?1, 'act_' || printf('%016d', i) || ?1, 0, 'klaviyo-event', 'con', 'con', i,
           json_object('customerId', cast(i as text), 'metric', 'Customer at risk', 'properties', json_object(), 'at', '2026-11-30T09:00:00.000Z', 'channel', 'email'),
           'pending' from n`,
      )
      .bind(tenant, count),
  ]);
}

/**
 * Clients of these numbers, with three accounts each, of which one ends in a month, and six runs of the last hour, of which two failed.
 * None of their jobs is on, so that a tick which aligns them does that and starts nothing.
 */
export async function seedFleet(d1: D1Database, { from, to, now }: { from: number; to: number; now: number }): Promise<void> {
  const numbers = "with recursive n(i) as (select ?1 union all select i + 1 from n where i + 1 < ?2)";
  const insert = (query: string, ...values: unknown[]) =>
    d1
      .prepare(query)
      .bind(from, to, ...values)
      .run();
  await insert(
    `insert into tenants (id, name, vertical, plan, status, locale, currency, timezone, features, created_at)
     ${numbers} select 'fleet-' || i, 'Client ' || i, 'shopify', 'growth', 'active', 'en', 'EUR', 'Europe/Paris',
       '{"shopify-sensor":false,"klaviyo-sensor":false,"ga4-sensor":false}', ?3 + i from n`,
    now,
  );
  await insert(
    `insert into connections (id, tenant_id, provider, external_id, name, details, scopes_asked, scopes_granted, status, connected_by, connected_at,
       chosen, cliff_at, cliff_kind)
     ${numbers} select 'con-' || i || p.value, 'fleet-' || i, p.value, 'account-' || i, '', '{}', '[]',
       '["https://www.googleapis.com/auth/analytics.readonly","read_orders","read_products","read_customers","read_inventory"]', 'active', 'usr', 0,
       iif(p.value = 'google', '[{"kind":"ga4_property","id":"1","name":"Shop"}]', '[]'), iif(p.value = 'google', ?3 + i, null), iif(p.value = 'google', 'access', null)
     from n, json_each('["shopify", "google", "klaviyo"]') p`,
    now + 60 * dayMs,
  );
  await insert(
    `insert into runs (id, tenant_id, job, slot, "trigger", status, available_at, created_at)
     ${numbers} select ?3 || printf('%06d', i * 6 + r.value), 'fleet-' || i, iif(r.value < 3, 'ga4-sensor', 'shopify-sensor'), r.value, 'schedule',
       iif(r.value % 3 = 0, 'failed', 'succeeded'), 0, ?4
     from n, json_each('[0, 1, 2, 3, 4, 5]') r`,
    newId("run", now - 3_600_000).slice(0, -6),
    now - 3_600_000,
  );
}
