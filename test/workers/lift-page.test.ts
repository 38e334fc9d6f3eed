import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { LOCALE_COOKIE, LOCALES } from "#app/i18n/locale.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { ask, asPerson } from "#test/ask.ts";
import { automation, liftRig, numbered } from "#test/domain/lift/lift-rig.ts";
import { makeUser } from "#test/harness.ts";

/** A page of a client's, or of the agency's, as its owner or an admin has it. */
async function pageOf({ ctx: { tenant } }: { ctx: TenantCtx }, { locale = "en", staff = false, path = `automations/${automation}` } = {}) {
  const { token } = await makeUser(staff ? { staff } : { roles: [[tenant, "owner"]] });
  const { cookie, ...headers } = asPerson(token);
  const page = await ask(`${staff ? "/admin/clients" : "/t"}/${tenant.id}/${path}`, {
    headers: { ...headers, cookie: `${cookie}; ${LOCALE_COOKIE}=${locale}` },
  });
  const main = parse(await page.text()).querySelector("main");
  const section = main?.querySelector("[data-verdict]")?.closest("section");
  return {
    status: page.status,
    text: main?.text ?? "",
    section: (section?.text ?? "").replace(/[\u2066-\u2069]/g, ""),
    verdict: section?.querySelector("[data-verdict]")?.getAttribute("data-verdict"),
    headers: section?.querySelectorAll("th").map(({ text }) => text),
    caption: section?.querySelector("caption")?.text,
  };
}

/** 700 of whom some bought, beside 300 who were left alone. */
async function compared(bought: number, boughtAlone: number, more: Parameters<typeof liftRig>[0] = {}) {
  const rig = await liftRig({ holdout: 30, ...more });
  await rig.propose(
    ...numbered(700).map((customer) => ({ customer })),
    ...numbered(300, 5000).map((customer) => ({ customer, control: true })),
  );
  await rig.buy(...numbered(bought).map((customer) => ({ customer })), ...numbered(boughtAlone, 5000).map((customer) => ({ customer })));
  return rig;
}

test("without a control group the page says what happened and shows no difference, to the client and to the agency", async () => {
  const rig = await liftRig({ holdout: 0 });
  await rig.propose(...numbered(100).map((customer) => ({ customer })));
  await rig.buy(...numbered(60).map((customer) => ({ customer })));
  for (const staff of [false, true]) {
    const page = await pageOf(rig, { staff });
    expect(page.verdict).toBe("no_control");
    expect(page.headers).toEqual(["Metric", "Proposed"]);
    expect(page.section).toContain("Nobody can tell what this automation brings");
    expect(page.section).toContain("60 (60%)");
    expect(page.section).not.toMatch(/Difference|95 times|Left alone/);
  }
});

test("before anything was proposed there is a sentence and no table; where it is off and nobody was compared, nothing", async () => {
  const rig = await liftRig();
  const page = await pageOf(rig);
  expect([page.verdict, page.headers]).toEqual(["nobody", []]);
  await rig.set({ mode: "off" });
  expect((await pageOf(rig)).verdict).toBeUndefined();
});

test("under the minimum it says how many more customers it takes, with the figures so far beside it", async () => {
  const page = await pageOf(await compared(70, 30));
  expect(page.verdict).toBe("too_few");
  expect(page.section).toMatch(/It takes about [\d,]+ more customers, some [\d,]+ weeks at the current pace/);
  expect(page.headers).toEqual(["Metric", "Proposed", "Left alone", "Difference", "Safe range"]);
  expect(page.caption).toBe("Customers it was proposed to contact, beside those left alone");
  expect(page.section).toContain("70 (10%)");
});

test("where the pace would take years it says so, and what takes fewer", async () => {
  const rig = await compared(70, 30);
  await rig.set({ effectPoints: 1 });
  const { section } = await pageOf(rig);
  expect(section).toMatch(/the [\d,]+ more customers that it takes come in more than two years/);
  expect(section).not.toMatch(/some [\d,]+ weeks/);
});

test("of nobody whose days are over there is no share", async () => {
  const rig = await liftRig({ holdout: 30 });
  await rig.propose({ customer: "1", on: 199 }, { customer: "2", on: 199, control: true });
  const { section } = await pageOf(rig);
  expect(section).toMatch(/Bought\s*0\s*0/);
  expect(section).not.toContain("%");
});

test("what is found is said first, by the bound that holds however often somebody looks", async () => {
  const more = await pageOf(await compared(210, 30));
  expect(more.verdict).toBe("more");
  expect(more.section).toMatch(
    /It helps: 30% of its customers bought, against 10% of those left alone\. That is 1\d(\.\d)? to 2\d(\.\d)? more in 100\./,
  );
  expect(more.section).toContain("£3.00");
  const fewer = await pageOf(await compared(70, 90));
  expect(fewer.section).toMatch(/It does harm: 10% of its customers bought, against 30% .* to \d+(\.\d)? fewer in 100/);
  const unclear = await pageOf(await compared(70, 30, { effectPoints: 20 }));
  expect(unclear.section).toContain(
    "No difference was found: 10% of its customers bought, against 10% of those left alone. With this many customers, a difference of 20 in 100",
  );
  // What it came to can still be read when it is off.
  const off = await pageOf(await compared(210, 30, { mode: "off" }));
  expect(off.verdict).toBe("more");
});

test("each language has its own words for it, and the guide explains it in at most 150", async () => {
  const rig = await compared(210, 30);
  const seen = new Set<string>();
  for (const locale of LOCALES) {
    const { section, status } = await pageOf(rig, { locale });
    expect(status).toBe(200);
    expect(section).not.toMatch(/liftWords|\{\{|undefined|NaN/);
    seen.add(section);
    const { text } = await pageOf(rig, { locale, path: "guide" });
    expect(text).toContain(
      locale === "en" ? "What the others buy beyond the control group" : locale === "fr" ? "groupe témoin" : "קבוצת הביקורת",
    );
  }
  expect(seen.size).toBe(3);
});
