import { decodeBase64urlIgnorePadding } from "@oslojs/encoding";
import { eq, inArray } from "drizzle-orm";
import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, deadLetters, runLogs, runs, users } from "#db/schema/index.ts";
import { newId } from "#server/ids.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);

/** A run that the engine ended, with a line of before there were codes, one of the engine, one of its job, a provider's own words and what is ours to say of a call. */
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
    { ...line, seq: 5, message: "call.redirect_refused", params: { status: 302 } },
  ]);
  return id;
}

/** Of the sentences above. */
const said = {
  fr: [
    "Durée supérieure à 30 secondes.",
    "GET /orders\u00a0: pas de réponse, nouvel essai",
    "La réponse était une redirection que nous ne suivons pas (statut 302).",
    "La boutique a perdu notre place dans la liste\u00a0: nous continuons par date.",
  ],
  he: [
    "נמשך יותר מ־30 שניות.",
    "GET /orders: אין תגובה, מנסים שוב",
    "המקום ברשימה אבד אצל החנות, ולכן ממשיכים לפי תאריך.",
    "התגובה הייתה הפניה שאיננו עוקבים אחריה (סטטוס 302).",
  ],
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
    errorMessage: "Took longer than 30 seconds.",
    errorCode: "run.took_too_long",
    errorParams: { seconds: 30 },
    logs: [
      { message: "A line of before.", code: null, params: null },
      { message: "GET /orders: no response, retrying", code: "run.call_silent_retried", params: { method: "GET", path: "/orders" } },
      { message: "The shop lost our place in the list, so we continue by date.", code: "shopify-sensor.page_unknown", params: {} },
      { message: "Klaviyo: throttled.", code: null, params: null },
      { message: "The response was a redirect that we don’t follow (status 302).", code: "call.redirect_refused", params: { status: 302 } },
    ],
  });
});

/** What the browser is told on the next page. */
const flashIn = (response: Response): unknown => {
  const [, value = ""] = /__Host-atrium_flash=([^;,]*)/.exec(response.headers.get("set-cookie") ?? "") ?? [];
  return JSON.parse(new TextDecoder().decode(decodeBase64urlIgnorePadding(value)));
};

test("how a consent ended is told in the language of the person whose browser comes back", async () => {
  const tenant = await makeTenant();
  const { actor, token } = await makeUser({ roles: [[tenant, "owner"]] });
  for (const [locale, message] of [
    ["en", "To connect Klaviyo, start from this page."],
    ["he", "כדי לחבר את Klaviyo, יש להתחיל מהעמוד הזה."],
  ] as const) {
    await db.update(users).set({ locale }).where(eq(users.id, actor.userId));
    const path = `/api/auth/oauth/klaviyo/authorize?tenant=${tenant.id}`;
    const response = await ask(path, { redirect: "manual", headers: { ...asPerson(token), "sec-fetch-site": "cross-site" } });
    expect(response.status).toBe(303);
    expect(flashIn(response)).toEqual({ kind: "error", message });
  }
});

test("why a letter died and what is wrong with a client are told in the reader's language; a letter of before keeps its text", async () => {
  const tenant = await makeTenant();
  const admin = await makeUser({ staff: true });
  await db.update(users).set({ locale: "fr" }).where(eq(users.id, admin.actor.userId));
  const letter = { queue: "atrium-mail", message: {}, ofTenant: tenant.id, at: Date.now() };
  await db.insert(deadLetters).values([
    { ...letter, id: newId("ddl", Date.now() - 1), reason: "mail" },
    { ...letter, id: newId("ddl", Date.now()), reason: "A sentence of before." },
  ]);
  const read = async (path: string) => {
    const page = await ask(path, { headers: asPerson(admin.token) });
    return parse(await page.text()).querySelector("main")?.text ?? "";
  };
  const letters = await read(`/admin/dead-letters?client=${tenant.id}`);
  expect(letters).toContain("L’e-mail n’a pas pu être envoyé.");
  expect(letters).toContain("A sentence of before.");
  expect(await read(`/admin/clients/${tenant.id}/check`)).toContain("Aucun propriétaire, et aucun n’est invité");
  const listed = await ask(`/api/dead-letters?tenantId=${tenant.id}`, { headers: asPerson(admin.token) });
  expect(await listed.json()).toMatchObject({ items: [{ reason: "A sentence of before." }, { reason: "The email could not be sent." }] });
  const checked = await ask(`/api/clients/${tenant.id}/validation`, { headers: asPerson(admin.token) });
  expect(await checked.json()).toContainEqual({
    severity: "error",
    code: "no_owner",
    message: "No owner, and none is invited.",
  });
});

test("how an account is, is told in the reader's language on its page, and in English to a program", async () => {
  const tenant = await makeTenant();
  const owner = await makeUser({ roles: [[tenant, "owner"]] });
  await db.update(users).set({ locale: "fr" }).where(eq(users.id, owner.actor.userId));
  const own = { tenantId: tenant.id, provider: "klaviyo", kind: "oauth", externalId: "acme", name: "Acme", connectedAt: 1 } as const;
  const rest = { details: {}, scopesAsked: [], scopesGranted: [], connectedBy: owner.actor.userId };
  await db
    .insert(connections)
    .values({ ...own, ...rest, id: newId("con", Date.now()), status: "reconnect_needed", statusReason: "uninstalled" });
  const page = await ask(`/t/${tenant.id}/integrations/klaviyo`, { headers: asPerson(owner.token) });
  expect(parse(await page.text()).querySelector("main")?.text).toContain("L’application a été désinstallée là-bas.");
  const health = await ask(`/api/health/${tenant.id}`, { headers: asPerson(owner.token) });
  const { integrations } = await health.json<{ integrations: { provider: string; reason: string | null }[] }>();
  expect(integrations.find(({ provider }) => provider === "klaviyo")?.reason).toBe("The app was uninstalled there.");
});
