import { inArray } from "drizzle-orm";
import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { runLogs, runs, users } from "#db/schema/index.ts";
import { newId } from "#server/ids.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);

/** A run that the engine ended, with a line of before there were codes, one of the engine, one of its job and a provider's own words. */
async function failedRun(tenantId: string) {
  const id = newId("run", Date.now());
  const own = { job: "shopify-sensor", trigger: "manual", slot: 1, availableAt: 1, createdAt: 1, finishedAt: 2 } as const;
  const error = { errorKind: "deadline", errorMessage: "run.took_too_long", errorParams: { seconds: 30 } } as const;
  await db.insert(runs).values({ id, tenantId, ...own, ...error, status: "failed" });
  const line = { tenantId, runId: id, at: 1, level: "warn" } as const;
  await db.insert(runLogs).values([
    { ...line, seq: 1, message: "A line of before.", params: null },
    { ...line, seq: 2, message: "run.call_silent_retried", params: { method: "GET", path: "/orders" } },
    { ...line, seq: 3, message: "shopify-sensor.page_unknown", params: {} },
    { ...line, seq: 4, message: "Klaviyo: throttled.", params: null },
  ]);
  return id;
}

/** Of the sentences above. */
const said = {
  fr: [
    "Cela a duré plus de 30 secondes.",
    "GET /orders : pas de réponse, nouvelle tentative",
    "La boutique ne connaissait plus la page ; la lecture reprend par date.",
  ],
  he: ["זה נמשך יותר מ־30 שניות.", "GET /orders: אין תשובה, ניסיון נוסף", "העמוד כבר אינו מוכר לחנות; הקריאה ממשיכה לפי תאריך."],
} as const;

test("a run is told in its reader's language on the pages of both portals, and to a program in English beside its codes", async () => {
  const tenant = await makeTenant();
  const run = await failedRun(tenant.id);
  const owner = await makeUser({ roles: [[tenant, "owner"]] });
  const admin = await makeUser({ staff: true });
  for (const locale of ["fr", "he"] as const) {
    await db
      .update(users)
      .set({ locale })
      .where(inArray(users.id, [owner.actor.userId, admin.actor.userId]));
    for (const [path, { token }] of [
      [`/t/${tenant.id}/runs/${run}`, owner],
      [`/admin/runs/${run}`, admin],
    ] as const) {
      const page = await ask(path, { headers: asPerson(token) });
      const text = parse(await page.text()).querySelector("main")?.text ?? "";
      for (const sentence of [...said[locale], "A line of before.", "Klaviyo: throttled."]) expect(text, path).toContain(sentence);
    }
  }
  const told = await ask(`/api/scripts/status/${run}`, { headers: asPerson(admin.token) });
  expect(await told.json()).toMatchObject({
    errorMessage: "This took longer than 30 seconds.",
    errorCode: "run.took_too_long",
    errorParams: { seconds: 30 },
    logs: [
      { message: "A line of before.", code: null, params: null },
      { message: "GET /orders: no reply, tried again", code: "run.call_silent_retried", params: { method: "GET", path: "/orders" } },
      { message: "The shop no longer knew the page; reading goes on by date.", code: "shopify-sensor.page_unknown", params: {} },
      { message: "Klaviyo: throttled.", code: null, params: null },
    ],
  });
});
