import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { LOCALE_COOKIE, LOCALES } from "#app/i18n/locale.ts";
import { ask, asPerson } from "#test/ask.ts";
import { automation, makeShopRig } from "#test/domain/rehearsals/rehearsal-rig.ts";
import { makeUser } from "#test/harness.ts";

type Rig = Awaited<ReturnType<typeof makeShopRig>>;

async function pageOf(rig: Rig, { token = rig.token, locale = "en", of = automation, base = "/t" } = {}) {
  const { cookie, ...headers } = asPerson(token);
  const answer = await ask(`${base}/${rig.ctx.tenant.id}/automations/${of}/rehearsal`, {
    headers: { ...headers, cookie: `${cookie}; ${LOCALE_COOKIE}=${locale}` },
  });
  const main = parse(await answer.text()).querySelector("main");
  return {
    status: answer.status,
    main,
    text: (main?.text ?? "").replace(/[\u2066-\u2069]/g, ""),
    rows:
      main?.querySelectorAll("tbody tr").map((row) => row.querySelectorAll("td").map(({ text }) => text.replace(/[\u2066-\u2069]/g, ""))) ??
      [],
  };
}

const send = (rig: Rig, fields: Record<string, string>, token = rig.token) =>
  ask(`/t/${rig.ctx.tenant.id}/automations/${automation}/rehearsal`, {
    method: "POST",
    headers: { ...asPerson(token), "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields),
    redirect: "manual",
  });

const settings = {
  ...{ minOrders: "3", lateBy: "2", notBeforeDays: "14", notAfterDays: "365", discountPercent: "10", discountDays: "14" },
  ...{ channel: "email", metric: "Customer at risk", days: "90" },
};

test("before any rehearsal the form stands with today's settings; sent, it is under way, and what came of it stands beside today's", async () => {
  const rig = await makeShopRig();
  await rig.customer("C1", [{ ago: 60 }, { ago: 50 }, { ago: 40 }]);
  const before = await pageOf(rig);
  expect(before.text).toContain("No rehearsal yet");
  expect(before.main?.querySelector("[name=lateBy]")?.getAttribute("value")).toBe("1.5");
  expect((await send(rig, settings)).status).toBe(302);
  expect((await pageOf(rig)).text).toContain("In progress: 0 of 1 customers");
  rig.ctx.traces.tasks.push({ v: 1, type: "rehearsal", tenant: rig.ctx.tenant.id, automation });
  await rig.work();
  const after = await pageOf(rig);
  expect(after.rows.slice(0, 4)).toEqual([
    ["Customers contacted", "1", "1"],
    ["Customers only these settings contact", "0", "0"],
    ["Proposals", "1", "1"],
    ["At stake", "None", "£1.00"],
  ]);
  expect(after.main?.querySelector("[name=lateBy]")?.getAttribute("value"), "what was tried stays in the form").toBe("2");
  for (const locale of LOCALES) expect((await pageOf(rig, { locale })).status).toBe(200);
  const { token } = await makeUser({ staff: true });
  expect((await pageOf(rig, { token, base: "/admin/clients" })).rows.slice(0, 1)).toEqual([["Customers contacted", "1", "1"]]);
});

test("of nobody whose days are over no share bought, and it is said why the first week holds more", async () => {
  const rig = await makeShopRig();
  await send(rig, settings);
  rig.ctx.traces.tasks.push({ v: 1, type: "rehearsal", tenant: rig.ctx.tenant.id, automation });
  await rig.work();
  const { text, rows } = await pageOf(rig);
  expect(rows[5]).toEqual(["Of those, ordered within 30 days", "0", "0"]);
  expect(text).toContain("The first week is larger");
});

test("what a setting may be is said as the reader writes numbers", async () => {
  const rig = await makeShopRig();
  expect((await pageOf(rig)).text).toContain("From 1.1 to 10");
  expect((await pageOf(rig, { locale: "fr" })).text).toContain("De 1,1 à 10");
});

test("what does not fit is said at its field, what reads more than the store has no such page, and neither has another client's", async () => {
  const rig = await makeShopRig();
  const refused = await send(rig, { ...settings, lateBy: "0" });
  expect(refused.status).toBe(422);
  expect(await refused.text()).toContain("lateBy");
  expect((await send(rig, { ...settings, days: "three" })).status).toBe(422);
  expect((await pageOf(rig, { of: "price-drop-alerts" })).status).toBe(404);
  expect((await pageOf(rig, { of: "nothing" })).status).toBe(404);
  const { token } = await makeShopRig();
  expect((await pageOf(rig, { token })).status).toBe(404);
  expect((await send(rig, settings, token)).status).toBe(404);
});
