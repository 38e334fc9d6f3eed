import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { measurements } from "#db/schema/index.ts";
import { addDays, dayOf } from "#server/catalog/days.ts";
import type { Tenant } from "#server/ctx.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);

/** So much revenue on each of the last three days, in euros. */
async function sold(tenant: Tenant, euros: readonly [number, number, number]): Promise<void> {
  const now = Date.now();
  const today = dayOf(now, tenant.timezone);
  await db.insert(measurements).values(
    euros.map((each, ago) => ({
      tenantId: tenant.id,
      job: "shopify-sensor",
      metric: "revenue",
      day: addDays(today, -ago),
      dimension: "",
      currency: "EUR",
      value: each * 100,
      measuredAt: now,
    })),
  );
}

async function pageOf(path: string, token: string, locale = "en") {
  const { cookie } = asPerson(token);
  const page = await ask(path, { headers: { cookie: `${cookie}; atrium_locale=${locale}` } });
  const html = await page.text();
  return { status: page.status, html, root: parse(html) };
}

test("the overview draws a chart and leaves its figures folded away, with a link to their page for who has no script", async () => {
  const tenant = await makeTenant();
  const { token } = await makeUser({ roles: [[tenant, "viewer"]] });
  await sold(tenant, [11, 22, 33]);
  const { html, root } = await pageOf(`/t/${tenant.id}`, token);
  expect(root.querySelectorAll("main figure path").length).toBeGreaterThan(3);
  expect(root.querySelectorAll("main figure table")).toHaveLength(0);
  expect(root.querySelector("main figure details a")?.getAttribute("href")).toBe(`/t/${tenant.id}/figures?sensor=shopify-sensor#revenue`);
  expect(html.replace(/<script[\s\S]*?<\/script>/g, "")).not.toMatch(/ style="/);
});

test("the page of figures shows each day of the own client's charts in the reader's language, and nobody else's", async () => {
  const [tenant, other] = [await makeTenant(), await makeTenant()];
  const { token } = await makeUser({ roles: [[tenant, "viewer"]] });
  await sold(tenant, [11, 22, 33]);
  await sold(other, [77, 88, 99]);
  const figures = async (locale: string) => {
    const { status, root } = await pageOf(`/t/${tenant.id}/figures?sensor=shopify-sensor`, token, locale);
    expect(status).toBe(200);
    expect(root.querySelectorAll("main details table")).toHaveLength(0);
    const cells = root.querySelectorAll("main #revenue table tbody td").map(({ text }) => text);
    expect(cells).toHaveLength(30);
    return { cells: cells.slice(-3), text: root.querySelector("main")?.text ?? "" };
  };
  const english = await figures("en");
  expect(english.cells).toEqual(["€33.00", "€22.00", "€11.00"]);
  expect(english.text).toContain("Shop: figures by day");
  expect(english.text).not.toMatch(/77|88\.00|99\.00/);
  const french = await figures("fr");
  expect(french.cells[0]).toMatch(/^33,00\s€$/);
  expect(french.text).toContain("chiffres par jour");

  const { token: stranger } = await makeUser({ roles: [[other, "owner"]] });
  expect((await pageOf(`/t/${tenant.id}/figures?sensor=shopify-sensor`, stranger)).status).toBe(404);
  for (const query of ["", "?sensor=ga4-sensor", "?sensor=nothing"]) {
    expect((await pageOf(`/t/${tenant.id}/figures${query}`, token)).status, query).toBe(404);
  }
});
