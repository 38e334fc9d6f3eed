import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { LOCALE_COOKIE, LOCALES } from "#app/i18n/locale.ts";
import { connections, customerModels, customerScores } from "#db/schema/index.ts";
import type { CustomerSegment } from "#db/words/customer-base.ts";
import type { Tenant } from "#server/ctx.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testTenantCtx } from "#test/harness.ts";

const now = Date.parse("2026-11-30T12:00:00Z");
const params = { r: 0.24, alpha: 30.9, a: 0.79, b: 2.43 };
const fitted = {
  ...{ step: "model", reason: "enough", fittedUntil: "2026-11-29", fittedAt: now, firstDay: "2025-10-01", bought: 1234, boughtAgain: 410 },
  ...{ currency: "GBP", season: null, spend: { meanMinor: 3800, params: null, standardErrors: null, doubt: "too_few" } },
  buying: { params, standardErrors: params, logLikelihood: -9582.4, dropout: "identified", startsAgree: true },
  past: {
    ...{ from: "2026-08-31", days: 90, customers: 1000, orders: { observed: 391, expected: 402.4 }, error: 0.021 },
    groups: [
      { customers: 500, predicted: 0.04, observed: 0.05, low: 0.03, high: 0.07 },
      { customers: 500, predicted: 0.5, observed: 0.52, low: 0.48, high: 0.56 },
    ],
    areas: { model: 0.8, rfm: 0.75 },
  },
} as const;

async function shopWith(model: Partial<typeof customerModels.$inferInsert> | null) {
  const tenant = await makeTenant();
  const { db } = testTenantCtx(tenant, "system");
  const of = { tenantId: tenant.id, connectionId: `con-${tenant.id}` };
  await db.insert(connections).values({
    ...{
      id: of.connectionId,
      tenantId: tenant.id,
      provider: "shopify",
      externalId: of.connectionId,
      name: "A",
      details: {},
      status: "active",
    },
    ...{ scopesAsked: [], scopesGranted: [], connectedBy: "x", connectedAt: 1 },
  });
  if (!model) return tenant;
  await db.insert(customerModels).values({ ...of, ...fitted, ...model } as typeof customerModels.$inferInsert);
  const isModel = (model.step ?? "model") === "model";
  const segments: [CustomerSegment, number][] = [
    ["quiet", 3],
    ["loyal", 2],
  ];
  for (const [segment, many] of segments)
    for (let n = 0; n < many; n++)
      await db.insert(customerScores).values({
        ...{ ...of, customerId: `${segment}-${n}`, asOf: "2026-11-29", segment },
        ...(isModel && { chance30: 0.2, chance90: 0.4, orders90: 1.5, valueMinor: 5700, currency: "GBP" }),
      });
  return tenant;
}

async function pageOf(tenant: Tenant, { locale = "en", staff = false, automation = "churn-prediction-resilient" } = {}) {
  const { token } = await makeUser(staff ? { staff } : { roles: [[tenant, "owner"]] });
  const { cookie, ...headers } = asPerson(token);
  const page = await ask(`${staff ? "/admin/clients" : "/t"}/${tenant.id}/automations/${automation}`, {
    headers: { ...headers, cookie: `${cookie}; ${LOCALE_COOKIE}=${locale}` },
  });
  const section = parse(await page.text())
    .querySelector("main [data-step]")
    ?.closest("section");
  return {
    status: page.status,
    step: section?.querySelector("[data-step]")?.getAttribute("data-step"),
    text: (section?.text ?? "").replace(/[\u2066-\u2069]/g, ""),
    rows: section
      ?.querySelectorAll("tbody tr")
      .map((row) => row.querySelectorAll("th, td").map(({ text }) => text.replace(/[\u2066-\u2069]/g, ""))),
    bars: section?.querySelectorAll("svg[aria-hidden] g").length,
  };
}

test("the page says what the forecast is based on, how it did, and what it cannot know, to the client and to the agency", async () => {
  const tenant = await shopWith({});
  for (const staff of [false, true]) {
    const { status, step, text, rows, bars } = await pageOf(tenant, { staff });
    expect([status, step, bars]).toEqual([200, "model", 2]);
    expect(text).toContain("Based on 1,234 customers, of whom 410 ordered on more than one day");
    expect(text).toMatch(/expected 402 orders from known customers in the next 90 days. 391 came. Its chances were off by 2.1 points/);
    expect(text).toContain("With less than two years of orders it knows no seasons");
    expect(text).toContain("It never says that a customer has left");
    expect(text).not.toMatch(/alive/i);
    expect(rows).toEqual([
      ["Loyal", "2", "3", "£114.00"],
      ["Quiet", "3", "5", "£171.00"],
      ["1", "500", "4%", "5%", "3% to 7%"],
      ["2", "500", "50%", "52%", "48% to 56%"],
    ]);
  }
});

test("without a model it says why, and shows groups without chances, expected orders or a drawing", async () => {
  const { step, text, rows, bars } = await pageOf(await shopWith({ step: "rfm", reason: "dropout_not_identified" }));
  expect([step, bars]).toEqual(["rfm", 0]);
  expect(text).toContain("There are no chances yet.");
  expect(text).toContain("Your orders don’t show how customers stop buying");
  expect(rows).toEqual([
    ["Loyal", "2"],
    ["Quiet", "3"],
  ]);
  for (const reason of ["few_customers", "few_repeat_customers", "short_history", "starts_disagree", "ranks_below_rfm"] as const)
    expect((await pageOf(await shopWith({ step: "recency", reason }))).text).not.toMatch(/outlookWords|\{\{|undefined|NaN/);
});

test("before anything was fitted an automation that is off says nothing, and one that reads no forecast never does", async () => {
  expect((await pageOf(await shopWith(null))).step).toBeUndefined();
  expect((await pageOf(await shopWith({}), { automation: "price-drop-alerts" })).step).toBeUndefined();
  expect((await pageOf(await shopWith({}), { automation: "at-risk-customer-flow" })).step).toBe("model");
});

test("in each language all of it is in words", async () => {
  const tenant = await shopWith({ season: { estimate: 1.2, low: 1, high: 1.4 } });
  const texts = await Promise.all(LOCALES.map(async (locale) => (await pageOf(tenant, { locale })).text));
  for (const text of texts) expect(text).not.toMatch(/outlookWords|\{\{|undefined|NaN/);
  expect(new Set(texts).size).toBe(LOCALES.length);
});
