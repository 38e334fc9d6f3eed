import { expect, onTestFinished, test } from "vitest";
import type { SandboxProviderId } from "#sandbox/endpoints.ts";
import { propertiesOf } from "#sandbox/google/properties.ts";
import type { AccountRequest } from "#server/catalog/account.ts";
import { everyOf } from "#server/catalog/job.ts";
import { findJob } from "#server/catalog/jobs.ts";
import { grantsAll } from "#server/catalog/provider.ts";
import { providers } from "#server/catalog/providers/registry.ts";
import type { Sensor } from "#server/catalog/sensor.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import { DomainError } from "#server/errors.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";
import { runSensor } from "./run-sensor.ts";
import { type CountedAccount, sandbox, sandboxAccount } from "./sandbox-account.ts";

const languages = ["en", "fr", "he"] as const;
const units = ["count", "money", "ratio", "days", "status"];
const person = "contract@contract.example";
const accounts: Record<string, string> = { klaviyo: "AcmeG1", google: person, shopify: `contract-${Date.now()}.myshopify.com` };

/** Every sensor meets these; a new one is tested by its line in the registry. */
test("ids are unique, and an unknown one is not found", () => {
  const ids = sensors.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => /^[a-z0-9]+(-[a-z0-9]+)*-sensor$/.test(id))).toBe(true);
  expect(() => findJob("no-such-sensor")).toThrow(DomainError);
});

test.each(sensors.map((sensor) => [sensor.id, sensor] as const))("%s describes itself in three languages, with units", (_, sensor) => {
  const keys = sensor.metrics.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.length).toBeGreaterThan(0);
  const texts = [
    sensor.title,
    sensor.description,
    ...sensor.metrics.flatMap(({ key, label, dimension, how }) => [
      label,
      dimension ?? label,
      how ?? expect.unreachable(`how ${key} is counted`),
    ]),
  ];
  for (const text of texts) for (const language of languages) expect(text[language].trim()).not.toBe("");
  for (const { unit, quotient, dimension, kind, aggregate } of sensor.metrics) {
    expect(units).toContain(unit);
    if (quotient) expect(keys).toEqual(expect.arrayContaining([quotient.of, quotient.by]));
    if (quotient) expect(dimension).toBeUndefined();
    if (aggregate) expect(kind).toBe("daily");
  }
  expect(everyOf(sensor)).toBeGreaterThanOrEqual(60);
  expect(() => sensor.config.parse({})).not.toThrow();
});

test.each(sensors.map((sensor) => [sensor.id, sensor] as const))("%s asks for scopes that its provider can give", (_, sensor) => {
  for (const { provider, scopes, resource } of sensor.needs) {
    const known = providers.find(({ id }) => id === provider);
    expect(known, provider).toBeDefined();
    const scopesGranted = known?.oauth?.scopeSets.flatMap((set) => set.scopes) ?? [];
    expect(scopes.filter((scope) => !grantsAll(known, { kind: "oauth", scopesGranted }, [scope]))).toEqual([]);
    if (resource) expect(known?.choices?.map(({ kind }) => kind)).toContain(resource);
  }
});

async function accountFor(sensor: Sensor): Promise<CountedAccount> {
  const [need] = sensor.needs;
  if (!need) throw new Error("a sensor of the contract reads an account");
  const resources = propertiesOf(person).map(({ id, displayName }) => ({ kind: "ga4_property", id, name: displayName }));
  return sandboxAccount(need.provider as SandboxProviderId, accounts[need.provider] ?? "", { scopes: need.scopes, resources });
}

test("with its scopes alone each one runs to its end, measures only what it describes, and goes on from its cursor", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system");
  // Two runs in a row would be more reports than Klaviyo gives in a second.
  await sandbox.control("/control", { limits: false });
  onTestFinished(async () => void (await sandbox.control("/control", { limits: true })));
  for (const sensor of sensors) {
    const account = await accountFor(sensor);
    const run = await runSensor(ctx, sensor, { account });
    expect(run.steps.at(-1)?.done, sensor.id).toBe(true);
    const described = new Map(sensor.metrics.map((metric) => [metric.key, metric]));
    expect(run.measurements.length, sensor.id).toBeGreaterThan(0);
    for (const { metric, day, dimension, currency, value } of run.measurements) {
      expect(described.has(metric), `${sensor.id} ${metric}`).toBe(true);
      expect(day).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(Number.isFinite(value)).toBe(true);
      expect(dimension !== undefined).toBe(described.get(metric)?.dimension !== undefined);
      if (described.get(metric)?.unit !== "money") continue;
      expect(Number.isInteger(value)).toBe(true);
      expect(currency, `${sensor.id} ${metric}`).toMatch(/^[A-Z]{3}$/);
    }
    expect(run.steps.at(-1)?.timezone, sensor.id).toBeDefined();
    const keys = run.measurements.map(({ metric, day, dimension, currency }) => `${metric} ${day} ${dimension} ${currency}`);
    expect(new Set(keys).size, sensor.id).toBe(keys.length);
    expect(sensor.cursor.parse(JSON.parse(JSON.stringify(run.cursor)))).toEqual(run.cursor);
    const again = await runSensor(ctx, sensor, { account, cursor: run.cursor });
    expect(again.steps.at(-1)?.done, sensor.id).toBe(true);
  }
});

test("what a provider answers in another shape is never taken for figures", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system");
  for (const sensor of sensors.filter(({ id }) => !["retention-sensor", "customer-base-sensor"].includes(id))) {
    const account = await accountFor(sensor);
    const answers: { request: AccountRequest; accepted: boolean }[] = [];
    const strange: CountedAccount = {
      ...account,
      async json(request, schema) {
        const parsed = schema.safeParse({ data: { orders: "many" }, rows: [{ metricValues: [{ value: "lots" }], dimensionValues: [] }] });
        answers.push({ request, accepted: parsed.success });
        throw parsed.error ?? new Error("accepted");
      },
    };
    await expect(runSensor(ctx, sensor, { account: strange })).rejects.toThrow();
    expect(
      answers.map(({ accepted }) => accepted),
      sensor.id,
    ).toEqual([false]);
  }
});
