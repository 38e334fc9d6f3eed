import { afterEach, beforeEach, expect, test } from "vitest";
import { klaviyoProfiles } from "#server/catalog/actions/klaviyo-profiles.ts";
import { control } from "#test/domain/connecting/consent.ts";
import { doingOf, effectsAt, freshAccount, giveProfiles, sandbox } from "./doing.ts";

beforeEach(() => control({ limits: false }));
afterEach(() => control());

const scored = (customerIds: readonly string[], risk = 0.5) =>
  klaviyoProfiles.payload.parse({ profiles: customerIds.map((customerId) => ({ customerId, properties: { risk } })) });
const count = (payload: unknown) => (payload as { profiles: unknown[] }).profiles.length;

async function propertiesAt(account: string, externalId: string): Promise<unknown> {
  const { access_token } = await sandbox.mint("klaviyo", account, ["profiles:read"]);
  const filter = encodeURIComponent(`equals(external_id,"${externalId}")`);
  const answer = await fetch(`${sandbox.endpoints.klaviyo.api}/api/profiles?filter=${filter}`, {
    headers: { authorization: `Bearer ${access_token}`, revision: "2026-10-15" },
  });
  const { data } = (await answer.json()) as { data: { attributes: { properties: unknown } }[] };
  return data.map(({ attributes }) => attributes.properties);
}

test("customers without a profile are passed over, and none is made of them", async () => {
  const at = freshAccount.klaviyo();
  await giveProfiles(at, [{ external_id: "1", properties: { tier: "gold" } }]);
  expect(await klaviyoProfiles.execute(await doingOf(klaviyoProfiles, at), scored(["1", "2", "3"]))).toMatchObject({ did: "done" });
  expect(await propertiesAt(at, "1")).toEqual([{ tier: "gold", risk: 0.5 }]);
  expect(await propertiesAt(at, "2")).toEqual([]);
  expect(await effectsAt(at)).toMatchObject({ raw: 1, effects: 1, items: [{ kind: "profiles_imported" }] });
});

test("where Klaviyo knows none of them, nothing is sent and no later step is kept back", async () => {
  const at = freshAccount.klaviyo();
  const attempt = await klaviyoProfiles.execute(await doingOf(klaviyoProfiles, at), scored(["2", "3"]));
  expect(attempt).toEqual({ did: "done", receipt: { id: null } });
  expect(await effectsAt(at)).toMatchObject({ raw: 0 });
});

test("the same scores again change nothing, others do", async () => {
  const at = freshAccount.klaviyo();
  await giveProfiles(at, [{ external_id: "1" }]);
  const doing = await doingOf(klaviyoProfiles, at);
  for (const risk of [0.5, 0.5, 0.6]) expect(await klaviyoProfiles.execute(doing, scored(["1"], risk))).toMatchObject({ did: "done" });
  expect(await effectsAt(at)).toMatchObject({ raw: 3, effects: 2 });
});

test("a step is a thousand of them, and each of these is looked up a hundred at a time", async () => {
  const ids = Array.from({ length: 2250 }, (_, at) => String(at + 1));
  const steps = klaviyoProfiles.chunks?.(scored(ids)) ?? [];
  expect(steps.map(count)).toEqual([1000, 1000, 250]);
  expect(steps.flatMap((step) => (step as { profiles: { customerId: string }[] }).profiles.map(({ customerId }) => customerId))).toEqual(
    ids,
  );
  for (const step of steps) expect(klaviyoProfiles.payload.safeParse(step).success).toBe(true);
  const at = freshAccount.klaviyo();
  await giveProfiles(at, [{ external_id: "1" }, { external_id: "999" }]);
  expect(await klaviyoProfiles.execute(await doingOf(klaviyoProfiles, at), steps[0])).toMatchObject({ did: "done" });
  expect([await propertiesAt(at, "1"), await propertiesAt(at, "999")]).toEqual([[{ risk: 0.5 }], [{ risk: 0.5 }]]);
});

test("of many, whoever decides reads the first three, and how many more there are", () => {
  const fieldsOf = (many: number) =>
    klaviyoProfiles
      .describe(klaviyoProfiles.payload.parse(scored(Array.from({ length: many }, (_, at) => String(at + 1)))))
      .fields.map(({ label, value }) => `${label.en}: ${value}`);
  expect(fieldsOf(900).slice(2)).toEqual([
    "Customer 1: risk: 0.5",
    "Customer 2: risk: 0.5",
    "Customer 3: risk: 0.5",
    "Further profiles: 897",
  ]);
  expect(fieldsOf(3)).toHaveLength(5);
});
