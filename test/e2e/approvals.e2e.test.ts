import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signIn } from "#scripts/demo/sign-in.ts";
import { type Demo, startDemo } from "#scripts/demo/start.ts";
import { waitFor } from "#scripts/demo/wait-for.ts";
import { allow, connect, expectAccessible, expectNoSidewaysScroll, expectWordsAndClasses, launchBrowser } from "./browser.ts";

const reviews = "review-request-automation";
const drops = "price-drop-alerts";
const base = "/t/acme";

let demo: Demo;
let browser: Browser;
let dataDir: string;
let acme: BrowserContext;
let page: Page;
/** What the browser's console says of broken policies and broken hydration. */
const complaints: string[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "atrium-approvals-"));
  demo = await startDemo({ port: 0, dataDir, shop: null, onLine: () => undefined });
  browser = await launchBrowser();
  acme = await browser.newContext({ baseURL: demo.origin });
  await (await signIn(demo, acme, "owner@acme.example")).close();
  const { DB } = await demo.server.bindings();
  await DB.prepare("update users set onboarded_at = 1, name = 'Owner of Acme' where email = 'owner@acme.example'").run();
  page = await acme.newPage();
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4(04|09|22)/.test(message.text())) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => void complaints.push(`${page.url()}: ${error.message}`));
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

test("acme turns two automations on in shadow, without a control group, and is asked for what they need", async () => {
  for (const automation of [reviews, drops]) {
    await page.goto(`${base}/automations/${automation}`, { waitUntil: "networkidle" });
    expect(await mode("auto").isDisabled()).toBe(true);
    await mode("shadow").check();
    await page.locator('input[name="holdout"]').fill("0");
    await page.getByText("0 means no control group").waitFor();
    for (const name of ["quietFrom", "quietTo"]) await page.locator(`input[name="${name}"]`).fill("00:00");
    await savePolicy();
    await page.getByText("It needs a Klaviyo account.").waitFor();
  }
  await connect(page, { tenant: "acme", provider: "shopify", shop: "acme-gifts.myshopify.com" });
  await allow(page);
  await page.waitForURL(/\/integrations\/shopify$/);
  await connect(page, { tenant: "acme", provider: "klaviyo" });
  await allow(page);
  await page.waitForURL(/\/integrations\/klaviyo$/);
  await page.goto(`${base}/automations/${reviews}`);
  await page.getByRole("link", { name: "Allow more on Klaviyo" }).click();
  await page.locator("main a[href*='/api/auth/oauth/klaviyo/authorize']").first().click();
  await allow(page);
  await page.waitForURL(/\/integrations\/klaviyo$/);
  await page.goto(`${base}/automations/${reviews}`);
  expect(await page.locator("main").innerText()).not.toContain("It can’t run yet");
});

test("what it would do is listed, and the owner agrees with five by the keyboard alone", async () => {
  await waitFor("proposals in shadow", 90_000, async () => ((await countOf("shadowed")) >= 5 ? true : tick()));
  await page.goto(`${base}/approvals?view=shadowed`, { waitUntil: "networkidle" });
  await page.getByText("None of this will be done.").waitFor();
  for (let times = 1; times <= 5; times++) {
    if (times === 1) await firstItem();
    else await page.keyboard.press("j");
    await page.keyboard.press("a");
    await waitFor("an answer", 10_000, async () => ((await agreed()) === times ? true : null));
    await page.locator("[data-item]:focus").getByText("Owner of Acme").waitFor();
  }
  // Nothing was done by it.
  expect(await effects()).toBe(0);
  await page.goto(`${base}/automations`);
  await page.getByText("People agreed with 5 of 5 proposals in shadow.").waitFor();
});

test("moved to approve it proposes for real: one is edited and approved, three are approved at once, and are done at the provider", async () => {
  await page.goto(`${base}/automations/${reviews}`, { waitUntil: "networkidle" });
  await mode("approve").check();
  await savePolicy();
  await runNow();
  await waitFor("what waits", 90_000, async () => ((await countOf("waiting")) >= 7 ? true : tick()));

  await page.goto(`${base}/approvals`, { waitUntil: "networkidle" });
  await page.locator("[data-item] h2 a").first().click();
  await page.waitForURL(/approvals\/act_/);
  await page.locator("summary", { hasText: "Edit" }).click();
  await page.locator('input[name="metric"]').fill("Please tell us");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Record “Please tell us”").first().waitFor();
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await waitFor("the edited one", 60_000, async () => ((await countOf("done")) === 1 ? true : tick()));
  await page.getByText("It was done.").waitFor();
  expect(await effects()).toBe(1);

  await page.goto(`${base}/approvals`, { waitUntil: "networkidle" });
  // While somebody types no key decides.
  await firstItem();
  await page.keyboard.press("r");
  await page.keyboard.type("a jar");
  expect(await page.locator('[data-item] details[open] input[name="reason"]').inputValue()).toBe("a jar");
  await page.keyboard.press("Escape");
  expect(await page.locator("details[open]").count()).toBe(0);
  await page.keyboard.press("x");
  for (const at of [1, 2]) await page.locator('[data-item] input[type="checkbox"]').nth(at).check();
  await page.getByText("3 selected").waitFor();
  await page.getByRole("button", { name: "Approve selected" }).click();
  await page.getByText("3 approved.").first().waitFor();
  await waitFor("the three", 60_000, async () => ((await countOf("done")) === 4 ? true : tick()));
  expect(await effects()).toBe(4);
});

test("of two who have it open the later one sees what became of it, and whoever saves by the keyboard stays at the button", async () => {
  await page.goto(`${base}/approvals`, { waitUntil: "networkidle" });
  await page.locator("[data-item] h2 a").first().click();
  await page.waitForURL(/approvals\/act_/);
  const other = await acme.newPage();
  await other.goto(page.url(), { waitUntil: "networkidle" });
  await other.locator("summary", { hasText: "Reject" }).click();
  await other.getByRole("button", { name: "Reject", exact: true }).last().click();
  await other.getByText("Rejected").first().waitFor();
  await other.close();
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await page.getByText("Somebody has decided this already.").waitFor();
  await page.getByText("Rejected").first().waitFor();
  expect(await page.getByRole("button", { name: "Approve", exact: true }).count()).toBe(0);

  await page.goto(`${base}/automations/${reviews}`, { waitUntil: "networkidle" });
  await page.locator('input[name="peopleADay"]').fill("19");
  await page.locator('button[name="intent"][value="policy"]').focus();
  await page.keyboard.press("Enter");
  await page.getByText(": saved.").first().waitFor();
  await page.locator('button[name="intent"][value="policy"]:focus').waitFor();
});

test("in automatic mode two more are done by themselves, and the third waits with the reason", async () => {
  await page.goto(`${base}/automations/${reviews}`, { waitUntil: "networkidle" });
  await mode("auto").check();
  // Four of today's are used.
  await page.locator('input[name="actionsADay"]').fill("6");
  await savePolicy();
  await runNow();
  await waitFor("two by itself", 90_000, async () => ((await countOf("done")) === 6 ? true : tick()));
  await page.goto(`${base}/approvals`, { waitUntil: "networkidle" });
  await page.getByText("Daily limit reached").first().waitFor();
  expect(await effects()).toBe(6);
});

test("the kill switch asks once, and says on each page that everything is stopped", async () => {
  await page.goto(`${base}/automations`, { waitUntil: "networkidle" });
  await page.getByRole("button", { name: "Stop everything" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Stop everything" }).click();
  await page.locator("main").getByText("Everything is stopped").first().waitFor();
  await page.goto(`${base}/approvals`);
  await page.locator("main").getByText("Everything is stopped").waitFor();
});

test("the pages fit a phone, can be used by everybody, and say words in each language", async () => {
  const { DB } = await demo.server.bindings();
  const id = await DB.prepare("select id from actions where status = 'waiting' limit 1").first<string>("id");
  const paths = ["/approvals", "/approvals?view=shadowed", `/approvals/${id}`, "/automations", `/automations/${reviews}`];
  for (const locale of ["en", "he"]) {
    await acme.addCookies([{ name: "atrium_locale", value: locale, url: demo.origin }]);
    for (const path of paths)
      for (const width of [1440, 360]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(`${base}${path}`, { waitUntil: "networkidle" });
        await expectNoSidewaysScroll(page);
        await expectAccessible(page);
        if (locale === "en") await expectWordsAndClasses(page);
      }
  }
  expect(complaints).toEqual([]);
});

const mode = (name: string) => page.locator(`input[name="mode"][value="${name}"]`);

/** J until the first item has the focus: a key that comes before the page's script listens does nothing. */
async function firstItem(): Promise<void> {
  await expect
    .poll(async () => {
      await page.keyboard.press("j");
      return await page.locator("[data-item]:focus").count();
    })
    .toBe(1);
}

async function savePolicy(): Promise<void> {
  await page.locator('button[name="intent"][value="policy"]').click();
  await page.getByText(": saved.").first().waitFor();
}

async function runNow(): Promise<void> {
  await page.goto(`${base}/automations/${reviews}`, { waitUntil: "networkidle" });
  await page.getByRole("button", { name: "Run now" }).click();
  await page.waitForURL(/\/runs\/run_/);
}

/** Fires the cron; there is no answer yet. */
async function tick(): Promise<null> {
  await demo.server.tick();
  return null;
}

async function countOf(status: string): Promise<number> {
  const { DB } = await demo.server.bindings();
  const count = await DB.prepare("select count(*) as n from actions where tenant_id = 'acme' and status = ?")
    .bind(status)
    .first<number>("n");
  return count ?? 0;
}

async function agreed(): Promise<number> {
  const { DB } = await demo.server.bindings();
  return (await DB.prepare("select count(*) as n from actions where tenant_id = 'acme' and agreed = 1").first<number>("n")) ?? 0;
}

/** How many events Klaviyo has, as the sandbox counts: each once, however often it was sent. */
async function effects(): Promise<number> {
  const answer = await fetch(`${demo.sandbox}/__sandbox/effects?provider=klaviyo&kind=event`);
  const told: unknown = await answer.json();
  if (typeof told !== "object" || told === null || !("effects" in told)) throw new Error("the sandbox counts no effects");
  return Number(told.effects);
}
