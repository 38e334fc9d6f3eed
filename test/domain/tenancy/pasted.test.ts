import { describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { runs } from "#db/schema/index.ts";
import { CreateClient, UpdateClient } from "#server/domain/clients/schemas.ts";
import { RedeemCode } from "#server/domain/people/schemas.ts";
import { ListDeadLetters } from "#server/domain/runs/schemas.ts";
import { ListDeliveries, ListPrivacyRequests } from "#server/domain/webhooks/schemas.ts";
import { newId } from "#server/ids.ts";
import { createCaller } from "#server/trpc/root.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);

/** As it comes out of a message, a table or a page: with spaces of several kinds, a line break, and marks that nobody sees. */
const pasted = (text: string) => `\u200b \u00a0\t${text}\ufeff \r\n`;
const agency = async () => createCaller(testCtx({ actor: (await makeUser({ staff: true })).actor }));

describe("what is pasted into a form of the agency's", () => {
  test("makes the client of the id that was meant, over every door, and what stands within an id is refused as before", async () => {
    const id = `pasted-${Date.now().toString(36)}`;
    const facts = { name: "Pasted", vertical: "custom", plan: "growth" } as const;
    expect(
      await (await agency()).clients.create({ ...facts, id: pasted(id), currency: pasted("huf"), timezone: pasted("Asia/Tokyo") }),
    ).toMatchObject({
      id,
      currency: "HUF",
      timezone: "Asia/Tokyo",
    });
    const { token } = await makeUser({ staff: true });
    const body = new URLSearchParams({
      ...facts,
      id: pasted(`${id}-2`),
      locale: "en",
      currency: "",
      timezone: "",
      contactName: "",
      contactEmail: "",
    });
    const headers = { ...asPerson(token), "content-type": "application/x-www-form-urlencoded" };
    const sent = await ask("/admin/new-client", { method: "POST", headers, body: body.toString() });
    expect([sent.status, sent.headers.get("location")]).toEqual([302, `/admin/clients/${id}-2`]);
    for (const wrong of ["a b", "a\u200b b", "-a", "A", "", " "]) expect(CreateClient.shape.id.safeParse(wrong).success, wrong).toBe(false);
    expect(UpdateClient.shape.currency.safeParse("E UR").success).toBe(false);
  });

  test("narrows each list to the client that was meant", async () => {
    const api = await agency();
    const tenant = await makeTenant();
    await api.clients.update({ tenant: tenant.id, name: "Named" });
    const tenantId = pasted(tenant.id);
    expect((await api.audit.all({ tenantId, action: pasted("client.updated") })).items).toHaveLength(1);
    expect((await api.audit.all({ tenantId, actorId: pasted(newId("usr", 1)) })).items).toEqual([]);
    expect(await api.health.find({ id: tenantId })).toMatchObject([{ kind: "client", id: tenant.id }]);
    const run = newId("run", Date.now());
    await db.insert(runs).values({
      id: run,
      tenantId: tenant.id,
      job: "shopify-sensor",
      slot: 1,
      trigger: "schedule",
      status: "queued",
      createdAt: 1,
      availableAt: 1,
    });
    expect((await api.runs.all({ tenantId })).items).toMatchObject([{ id: run }]);
    for (const { shape } of [ListDeadLetters, ListDeliveries, ListPrivacyRequests]) expect(shape.tenantId.parse(tenantId)).toBe(tenant.id);
  });

  test("holds for a sign-in code as well", () => {
    expect(RedeemCode.parse({ code: pasted("123-456") })).toEqual({ code: "123456" });
  });
});
