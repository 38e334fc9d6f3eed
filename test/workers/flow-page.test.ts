import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { LOCALE_COOKIE, LOCALES } from "#app/i18n/locale.ts";
import { actionSteps, actions, flowCalls, pixelDays, policies, schedules } from "#db/schema/index.ts";
import type { PolicyMode } from "#db/words/actions.ts";
import { addDays, dayOf } from "#server/catalog/days.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { newId } from "#server/ids.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testTenantCtx } from "#test/harness.ts";

const bridge = "shopify-flow-bridge";

/** A client with rules, what was sent and what workflows asked. */
async function flowing(mode: PolicyMode = "approve") {
  const tenant = await makeTenant();
  const ctx = testTenantCtx(tenant, "owner");
  const { token } = await makeUser({ roles: [[tenant, "owner"]] });
  const now = Date.now();
  const of = { tenantId: tenant.id, connectionId: "con_1" };
  const actionId = newId("act", now);
  await ctx.db.batch([
    ctx.db.insert(policies).values({
      ...{ tenantId: tenant.id, automation: bridge, mode, holdout: 0, salt: "s", actionsADay: 10, peopleADay: 10, stakeADay: 0 },
      ...{ largestStake: 0, createdAt: 1, updatedAt: 1 },
    }),
    ctx.db.insert(schedules).values({
      ...{ tenantId: tenant.id, job: bridge, everyS: 900, nextAt: now, enabled: true },
      config: {
        metric1: { metric: "shopify-sensor.revenue", when: "below", threshold: 250.5, currency: "EUR", days: 3 },
        actions1: { automation: "review-request-automation", failed: true, unsure: false },
        incidents: { opened: true, ended: true },
        inbound: { resumes: false },
      },
    }),
    ctx.db.insert(actions).values({
      ...{ ...of, id: actionId, automation: bridge, runId: "r", dedupe: "d", subject: "incident:inc_1", touches: "internal", hash: "h" },
      ...{ evidence: { line: "opened", params: { provider: "klaviyo" } }, status: "unsure", createdAt: now, expiresAt: now },
    }),
    ctx.db.insert(actionSteps).values({
      ...{ ...of, actionId, place: 0, kind: "shopify-flow-trigger", accountId: "con_1", status: "begun" },
      payload: { trigger: "incident-changed", fields: {} },
    }),
    ctx.db.insert(flowCalls).values([
      {
        ...{
          ...of,
          id: newId("flw", now),
          runKey: "1",
          action: "leave-note",
          properties: { note: "<b>Stock</b> on Friday" },
          status: "done",
        },
        ...{ code: "note_left", answered: 200, receivedAt: now, begunAt: now, finishedAt: now, requestId: "req_1" },
      },
      {
        ...{ ...of, id: newId("flw", now), runKey: "2", action: "sing", properties: {}, status: "refused" },
        ...{ code: "flow_action_not_found", answered: 404, receivedAt: now, begunAt: now, finishedAt: now, requestId: "req_2" },
      },
    ]),
  ]);
  return { tenant, token, actionId };
}

async function page(path: string, token: string, locale: string = "en") {
  const reply = await ask(path, { headers: { ...asPerson(token), cookie: `${asPerson(token).cookie}; ${LOCALE_COOKIE}=${locale}` } });
  const html = parse(await reply.text());
  return {
    status: reply.status,
    html,
    text:
      html
        .querySelector("main")
        ?.text.replace(/[\u2066-\u2069]/g, "")
        .replace(/\s+/g, " ") ?? "",
  };
}

test("the page shows the rules with where each stands, what was sent and what workflows asked, to the client and to the agency", async () => {
  const { tenant, token, actionId } = await flowing();
  const staff = await makeUser({ staff: true });
  for (const [base, who] of [
    [`/t/${tenant.id}`, token],
    [`/admin/clients/${tenant.id}`, staff.token],
  ] as const) {
    const { status, html, text } = await page(`${base}/automations/${bridge}/flow`, who);
    expect(status).toBe(200);
    expect(text).toContain("Shop · Revenue below €250.50 · 3 days in a row");
    expect(text).toContain("Actions of “Review requests”: failed");
    expect(text).toContain("A provider of yours begins to fail, or works again");
    expect(text).toContain("Waiting for data");
    expect(text).toContain("klaviyo fails for many at once.");
    expect(html.querySelector(`a[href="${base}/approvals/${actionId}"]`)?.text).toBe("Provider incident changed");
    expect(text).toContain("<b>Stock</b> on Friday");
    expect(text).toContain("There’s no such action for workflows.");
    expect(text).not.toContain("in shadow");
  }
});

test("in shadow it says that nothing is sent and nothing is taken; and in every language all of it is said", async () => {
  const { tenant, token } = await flowing("shadow");
  const found = new Set<string>();
  for (const locale of LOCALES) {
    const { status, text } = await page(`/t/${tenant.id}/automations/${bridge}/flow`, token, locale);
    expect(status).toBe(200);
    expect(text).not.toMatch(/\{\{|flowWords|undefined/);
    found.add(text.slice(0, 80));
  }
  expect(found.size).toBe(LOCALES.length);
  expect((await page(`/t/${tenant.id}/automations/${bridge}/flow`, token)).text).toContain("in shadow");
});

test("no other automation has such a page, and nobody else's client shows theirs", async () => {
  const { tenant, token } = await flowing();
  expect((await page(`/t/${tenant.id}/automations/review-request-automation/flow`, token)).status).toBe(404);
  const stranger = await makeUser({ roles: [[await makeTenant(), "owner"]] });
  expect((await page(`/t/${tenant.id}/automations/${bridge}/flow`, stranger.token)).status).toBe(404);
});

test("completed checkouts stand there by day where they are wanted, also before there are any, and nowhere else", async () => {
  const { tenant, token } = await flowing();
  const ctx = testTenantCtx(tenant, "owner");
  const path = `/t/${tenant.id}/automations/${bridge}/flow`;
  expect((await page(path, token)).text).not.toContain("Completed checkouts");
  await ctx.db
    .update(schedules)
    .set({ config: { pixel: true } })
    .where(inTenant(ctx, schedules));
  expect((await page(path, token)).text).toContain("None yet");
  const day = dayOf(Date.now(), tenant.timezone);
  await ctx.db.insert(pixelDays).values([
    { tenantId: tenant.id, connectionId: "con_1", day, checkouts: 7 },
    { tenantId: tenant.id, connectionId: "con_2", day, checkouts: 5 },
    { tenantId: tenant.id, connectionId: "con_1", day: addDays(day, -1), checkouts: 3 },
    { tenantId: tenant.id, connectionId: "con_1", day: addDays(day, -14), checkouts: 99 },
  ]);
  const { html, text } = await page(path, token);
  expect(html.querySelectorAll("[data-checkouts]")).toHaveLength(14);
  expect(html.querySelector(`[data-checkouts="${day}"]`)?.text).toMatch(/12$/);
  expect(text).not.toContain("99");
  const bar = (of: string) => html.querySelector(`[data-checkouts="${of}"] rect`)?.getAttribute("width");
  expect([day, addDays(day, -1), addDays(day, -2)].map(bar)).toEqual(["100", "25", "0"]);
});
