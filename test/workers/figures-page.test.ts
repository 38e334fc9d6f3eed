import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { measurements, schedules } from "#db/schema/index.ts";
import { addDays, dayOf } from "#server/catalog/days.ts";
import type { Tenant } from "#server/ctx.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);

/** So much revenue on each of the last three days until `last` or today, in euros. */
async function sold(tenant: Tenant, euros: readonly [number, number, number], last?: string): Promise<void> {
  const now = Date.now();
  const today = last ?? dayOf(now, tenant.timezone);
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
  expect(english.text).toMatch(/Overview.*Shop/);
  expect(english.text).not.toMatch(/77|88\.00|99\.00/);
  const french = await figures("fr");
  expect(french.cells[0]).toMatch(/^33,00\s€$/);
  expect(french.text).toContain("Boutique");

  const { token: stranger } = await makeUser({ roles: [[other, "owner"]] });
  expect((await pageOf(`/t/${tenant.id}/figures?sensor=shopify-sensor`, stranger)).status).toBe(404);
  expect((await pageOf(`/t/${tenant.id}/figures?sensor=nothing`, token)).status).toBe(404);
  const without = await ask(`/t/${tenant.id}/figures?range=7`, { headers: asPerson(token) });
  expect([without.status, without.headers.get("location")]).toEqual([302, `/t/${tenant.id}?range=7`]);
  expect((await ask(`/t/${tenant.id}/figures`, { headers: asPerson(stranger) })).status).toBe(404);
});

test("the days and what they are compared with stand in the address; one that is none shows the usual 30 days", async () => {
  const tenant = await makeTenant();
  const { token } = await makeUser({ roles: [[tenant, "viewer"]] });
  await sold(tenant, [11, 22, 33]);
  const chosen = async (query: string) => {
    const { status, root } = await pageOf(`/t/${tenant.id}${query}`, token);
    expect(status, query).toBe(200);
    return [root.querySelector("main nav [aria-current] .sr-only")?.text, root.querySelector("main article [aria-current]")?.text];
  };
  expect(await chosen("")).toEqual(["Last 30 days", "Revenue"]);
  expect(await chosen("?range=90&compare=year&metric=shopify-sensor.revenue")).toEqual(["Last 90 days", "Revenue"]);
  expect(await chosen("?from=2026-01-01&to=2026-01-31")).toEqual([undefined, undefined]);
  // Of a span that is too long its end is shown.
  expect((await chosen("?from=2020-01-01&to=2026-01-01"))[0]).toBeUndefined();
  for (const odd of ["?range=31", "?range=-1", "?from=x&to=y", "?from=2026-02-31&to=2026-03-01", "?compare=<b>", "?metric=%00"])
    expect((await chosen(odd))[0], odd).toBe("Last 30 days");
});

test("a change says the days that it is told from: without those that are not all in, and beside days of one's own that are over none but these", async () => {
  const tenant = await makeTenant();
  const { token } = await makeUser({ roles: [[tenant, "viewer"]] });
  await sold(tenant, [11, 22, 33]);
  const now = Date.now();
  const today = dayOf(now, tenant.timezone);
  const named = (day: string, year = false) =>
    new Intl.DateTimeFormat("en", { day: "numeric", month: "short", ...(year && { year: "numeric" }), timeZone: "UTC" }).format(
      new Date(day),
    );
  const headOf = async (query: string) => (await pageOf(`/t/${tenant.id}${query}`, token)).root.querySelector("main h1 + div")?.text ?? "";
  // Where the year turns in these weeks it stands there too.
  const between = (from: number, to: number) => {
    const [first, last] = [addDays(today, -from), addDays(today, -to)];
    const isOne = first.slice(0, 4) === last.slice(0, 4);
    return `${named(first, !isOne)} – ${named(last, !isOne || last.slice(0, 4) !== today.slice(0, 4))}`;
  };
  expect(await headOf("")).toContain(`change over full days: ${between(29, 2)} vs. ${between(57, 30)}`);
  expect(await headOf("?range=7")).toContain(`change over full days: ${between(6, 2)} vs. ${between(13, 9)}`);
  await sold(tenant, [11, 22, 33], "2026-01-10");
  const over = await headOf("?from=2026-01-31&to=2026-01-01");
  expect(over).toContain("Jan 1 – Jan 31, 2026 · vs. Nov 27 – Dec 27, 2025");
  expect(over).not.toContain("full days");
  expect(await headOf("?compare=none")).not.toContain("vs.");
  // Of today alone nothing is over.
  expect(await headOf(`?from=${today}&to=${today}`)).not.toContain("vs.");
});

test("days of one's own are chosen beside the usual ones, by a form that needs no script", async () => {
  const tenant = await makeTenant();
  const { token } = await makeUser({ roles: [[tenant, "viewer"]] });
  await sold(tenant, [11, 22, 33]);
  const { root } = await pageOf(`/t/${tenant.id}?compare=year&metric=shopify-sensor.revenue`, token);
  const [own, compare] = root.querySelectorAll('main nav[aria-label="Period"] ~ details');
  expect([own?.querySelector("summary")?.text, compare?.querySelector("summary .sr-only")?.text]).toEqual([
    "Custom",
    "Compare with: Previous year",
  ]);
  const form = own?.querySelector("form");
  expect(form?.getAttribute("method")).toBe("get");
  const fields = form?.querySelectorAll("input").map((input) => input.getAttribute("name"));
  expect(fields).toEqual(["metric", "compare", "from", "to"]);
  expect(compare?.querySelectorAll("a")).toHaveLength(3);
});

test("of days of one's own nothing is said to wait that reports today", async () => {
  const tenant = await makeTenant();
  const { token } = await makeUser({ roles: [[tenant, "viewer"]] });
  await sold(tenant, [11, 22, 33]);
  await sold(tenant, [11, 22, 33], "2026-01-10");
  const now = Date.now();
  const schedule = { tenantId: tenant.id, everyS: 3600, nextAt: now + 1_800_000, config: {} };
  await db.insert(schedules).values([
    { ...schedule, job: "retention-sensor", lastSuccessAt: now - 60_000 },
    { ...schedule, job: "klaviyo-sensor", lastSuccessAt: null },
  ]);
  const waiting = async (query: string) =>
    (await pageOf(`/t/${tenant.id}${query}`, token)).root.querySelectorAll("main section li h3").map(({ text }) => text);
  expect(await waiting("")).toEqual(expect.arrayContaining(["Retention", "Klaviyo audience"]));
  const past = await waiting("?from=2026-01-01&to=2026-01-31");
  expect(past).toContain("Klaviyo audience");
  expect(past).not.toContain("Retention");
});

test("a chart's figures come as a file, to the client's own people alone", async () => {
  const tenant = await makeTenant();
  const { token } = await makeUser({ roles: [[tenant, "viewer"]] });
  await sold(tenant, [11, 22, 33]);
  const file = async (query: string, as = token) => ask(`/t/${tenant.id}/figures.csv?${query}`, { headers: asPerson(as) });
  const answer = await file("sensor=shopify-sensor&chart=revenue&range=7");
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
  expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="shopify-sensor-revenue-[\d-]+\.csv"$/);
  const lines = (await answer.text()).trimEnd().split("\r\n");
  expect([lines.length, lines.at(-1)?.split(",")[1]]).toEqual([8, "11.00"]);
  expect((await file("sensor=shopify-sensor&chart=nothing")).status).toBe(404);
  const { token: stranger } = await makeUser({ roles: [[await makeTenant(), "owner"]] });
  expect((await file("sensor=shopify-sensor&chart=revenue", stranger)).status).toBe(404);
});

test("who has connected nothing is asked for the shop, with one button, and comes back here; who may not connect is told whom to ask", async () => {
  const tenant = await makeTenant();
  const pageFor = async (role: "owner" | "viewer") =>
    (await pageOf(`/t/${tenant.id}`, (await makeUser({ roles: [[tenant, role]] })).token)).root;
  const form = (await pageFor("owner")).querySelector("main form");
  expect(form?.getAttribute("action")).toBe(`/t/${tenant.id}/connect/shopify`);
  expect(form?.querySelectorAll("input").map((input) => [input.getAttribute("name"), input.getAttribute("value") ?? ""])).toEqual([
    ["return", `/t/${tenant.id}`],
    ["shop", ""],
  ]);
  const viewer = (await pageFor("viewer")).querySelector("main");
  expect([viewer?.querySelector("form"), viewer?.querySelector('a[href$="/integrations"]')]).toEqual([null, null]);
  expect(viewer?.text).toMatch(/Ask an owner/);
});
