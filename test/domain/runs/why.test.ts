import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { enterTenant } from "#server/ctx.ts";
import { accountOf } from "#server/domain/connections/account-of.ts";
import type { Engine } from "#server/domain/runs/engine.ts";
import { findRun } from "#server/domain/runs/find-run.ts";
import { callApi } from "#server/domain/wire/call-api.ts";
import { createCaller } from "#server/trpc/root.ts";
import { makeUser, testCtx } from "#test/harness.ts";
import { clearRuns, connectShop, makeRig } from "./rig.ts";
import { testSensor } from "./sensors.ts";

beforeEach(clearRuns);

const needs = [{ provider: "shopify", scopes: [] }];

/** A shop whose API answers these replies one after the other, called as the engine calls it. */
function answering(replies: (() => Response)[]): Engine["openAccount"] {
  return (ctx, { connection }, { signal, onFailed }) => {
    const outbound = async () => {
      const reply = replies.shift();
      if (!reply) throw new Error("asked too often");
      return reply();
    };
    const secrets = { access_token: "shpat_verysecret" };
    const access = {
      provider: findProvider("shopify"),
      kind: "oauth",
      shop: "acme.myshopify.com",
      secrets,
      fields: {},
      signal,
      onFailed,
    } as const;
    ctx.log.conceal(secrets.access_token);
    return accountOf({ ...connection, connectionId: connection.id }, (request, schema) =>
      callApi({ ...ctx, fetch: outbound as typeof fetch }, access, request, schema),
    );
  };
}

const read = (path: string) =>
  testSensor(
    "calls",
    async (reading) => {
      await reading.account("shopify").json({ path }, z.object({ ok: z.literal(true) }));
      return { cursor: null, done: true };
    },
    { needs },
  );

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) => new Response(JSON.stringify(body), { status, headers });

test("a call that failed once and then went well is named in the run's log", async () => {
  const replies = [() => json({}, 503, { "x-request-id": "shop-42" }), () => json({ ok: true })];
  const rig = makeRig({ jobs: [read("/orders.json?token=shpat_verysecret&since=1")], openAccount: answering(replies) });
  const tenant = await rig.tenant();
  const connection = await connectShop(tenant.ctx, rig.engine);
  await rig.tick();
  await rig.work();
  expect(await tenant.runs()).toMatchObject([{ status: "succeeded" }]);
  const [line] = await tenant.logs();
  expect(line).toMatchObject({
    level: "warn",
    message: expect.stringMatching(/^GET \S*\/orders\.json: 503, retrying$/),
    fields: {
      method: "GET",
      provider: "shopify",
      connection,
      status: 503,
      kind: "unavailable",
      providerRequest: "shop-42",
      ms: expect.any(Number),
    },
  });
  expect(JSON.stringify(await tenant.logs())).not.toMatch(/verysecret|since=1/);
});

test("a call without a reply, and one with a reply of another shape, are named too", async () => {
  const silent = () => {
    throw new TypeError("connection refused");
  };
  const rig = makeRig({
    jobs: [read("/orders.json")],
    openAccount: answering([silent, silent, () => json({ ok: "no" }, 200, { "cf-ray": "ray-1" })]),
  });
  const tenant = await rig.tenant();
  await connectShop(tenant.ctx, rig.engine);
  await rig.tick();
  await rig.work();
  rig.clock.advance(60_000);
  await rig.work();
  expect(
    (await tenant.logs()).map(({ message, fields }) => [
      message.replace(/\S*\/orders/, "/orders"),
      fields?.status,
      fields?.providerRequest,
    ]),
  ).toEqual([
    ["GET /orders.json: no response, retrying", null, null],
    ["GET /orders.json: no response", null, null],
    [expect.any(String), undefined, undefined],
    ["GET /orders.json: 200", 200, "ray-1"],
    [expect.stringContaining("Unexpected response"), undefined, undefined],
  ]);
});

test("what is ours to say of a call is a code; what the provider said stays in its own words", async () => {
  const silent = () => {
    throw new TypeError("connection refused");
  };
  const rig = makeRig({
    jobs: [read("/orders.json")],
    openAccount: answering([silent, silent, () => json({ errors: "That filter is not known." }, 400)]),
  });
  const tenant = await rig.tenant();
  await connectShop(tenant.ctx, rig.engine);
  await rig.tick();
  await rig.work();
  expect(await tenant.runs()).toMatchObject([{ errorKind: "unavailable", errorCode: "call.no_reply", errorMessage: "No response." }]);
  rig.clock.advance(60_000);
  await rig.work();
  const words = expect.stringContaining("That filter is not known.");
  expect(await tenant.runs()).toMatchObject([{ errorKind: "rejected", errorCode: null, errorParams: null, errorMessage: words }]);
});

test("a key that stands in a path is not written down", async () => {
  const key = "a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8";
  const rig = makeRig({ jobs: [read(`/keys/${key}/orders.json`)], openAccount: answering([() => json({}, 404)]) });
  const tenant = await rig.tenant();
  await connectShop(tenant.ctx, rig.engine);
  await rig.tick();
  await rig.work();
  expect(JSON.stringify(await tenant.logs())).not.toContain(key);
  expect((await tenant.logs())[0]?.message).toMatch(/\/keys\/\[long\]\/orders\.json: 404$/);
});

test("the stack of a defect of ours is shown to the agency's admins, and to nobody of the client's", async () => {
  const rig = makeRig({ jobs: [testSensor("free", () => Promise.reject(new TypeError("x is not a function")))] });
  const tenant = await rig.tenant();
  await rig.tick();
  await rig.work();
  const [run] = await tenant.runs();
  const runId = run?.id ?? "";
  const staff = (await makeUser({ staff: true })).actor;
  const seen = await createCaller(testCtx({ actor: staff })).scripts.status({ runId });
  expect(JSON.parse(seen.defect ?? "")).toMatchObject({
    error: { name: "TypeError", message: "x is not a function", stack: expect.arrayContaining([expect.stringContaining("why.test.ts")]) },
  });
  const owner = (await makeUser({ roles: [[tenant.ctx.tenant, "owner"]] })).actor;
  const own = await findRun(enterTenant(testCtx({ actor: owner }), tenant.ctx.tenant, "owner"), runId);
  expect(own.defect).toBeNull();
  expect(JSON.stringify(own)).not.toContain("not a function");
  expect(JSON.stringify(await createCaller(testCtx({ actor: owner })).runs.get({ tenant: tenant.id, runId }))).not.toContain(
    "not a function",
  );
});

test("a defect is still told of a run that went well after it", async () => {
  let broken = true;
  const rig = makeRig({
    jobs: [
      testSensor("free", async () => {
        if (broken) throw new TypeError("only once");
        return { cursor: null, done: true };
      }),
    ],
  });
  const tenant = await rig.tenant();
  await rig.tick();
  await rig.work();
  broken = false;
  rig.clock.advance(60_000);
  await rig.work();
  const [run] = await tenant.runs();
  expect(run).toMatchObject({ status: "succeeded", errorKind: null, defect: expect.stringContaining("only once") });
});
