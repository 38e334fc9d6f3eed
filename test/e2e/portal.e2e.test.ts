import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findMail } from "#scripts/demo/mail.ts";
import { adminPages, clientPages, publicPages } from "#scripts/demo/pages.ts";
import { admin } from "#scripts/demo/people.ts";
import { signIn } from "#scripts/demo/sign-in.ts";
import { type Demo, startDemo } from "#scripts/demo/start.ts";
import { waitFor } from "#scripts/demo/wait-for.ts";
import {
  allow,
  changeTheme,
  connect,
  deny,
  expectAccessible,
  expectNoSidewaysScroll,
  expectStillAccessible,
  expectWordsAndClasses,
  launchBrowser,
} from "./browser.ts";

let demo: Demo;
let browser: Browser;
let dataDir: string;
/** What the Worker printed. */
const lines: string[] = [];
/** Signed in once, for the tests that only look. */
let acme: BrowserContext;
let staff: BrowserContext;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "atrium-e2e-"));
  demo = await startDemo({ port: 0, dataDir, shop: null, onLine: (line) => void lines.push(line) });
  browser = await launchBrowser();
  acme = await browser.newContext({ baseURL: demo.origin });
  staff = await browser.newContext({ baseURL: demo.origin });
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe("the main job, in a browser", () => {
  test("a client signs in by the mailed link, is taken in, and connects three accounts with clicks", async () => {
    const page = await signIn(demo, acme, "owner@acme.example");
    expect(new URL(page.url()).pathname).toBe("/onboarding");
    await page.locator('input[name="name"]').fill("Owner of Acme");
    await page.locator('form:has(input[name="name"]) button[type="submit"]').click();
    await page.waitForURL(/\/t\/acme$/);

    await connect(page, { tenant: "acme", provider: "shopify", shop: "acme-gifts.myshopify.com" });
    await allow(page);
    await page.waitForURL(/\/t\/acme\/integrations\/shopify$/);
    expect(await page.locator("main").innerText()).toContain("Acme Gifts");
    await connect(page, { tenant: "acme", provider: "klaviyo" });
    await allow(page);
    await page.waitForURL(/\/t\/acme\/integrations\/klaviyo$/);
    await page.close();
  });

  test("where a login opens several properties the client chooses one on the way back, and its sensor runs", async () => {
    const page = await acme.newPage();
    await connect(page, { tenant: "acme", provider: "google" });
    await allow(page);
    await page.waitForURL(/\/integrations\/google\/choose/);
    expect(await page.locator('input[name="ids"]').count()).toBe(5);
    await page.getByRole("radio", { name: /acme-gifts blog/ }).check();
    await save(page);
    await page.waitForURL(/\/t\/acme\/integrations\/google$/);
    expect(await page.locator("main").innerText()).toContain("acme-gifts blog");
    await page.close();
  });

  test("the cron runs its sensors, and the overview shows what they measured", async () => {
    await runAll("acme");
    const page = await acme.newPage();
    await page.goto("/t/acme");
    const main = page.locator("main");
    await main.getByText("Revenue", { exact: true }).first().waitFor();
    expect(await main.innerText()).toMatch(/£[\d,]+/);
    // The figures of a chart come when they are asked for.
    await page.waitForLoadState("networkidle");
    const figures = main.locator("figure details").first();
    expect(await figures.locator("table").count()).toBe(0);
    await figures.locator("summary").click();
    await figures.locator("tbody tr").first().waitFor();
    expect(await figures.locator("tbody tr").count()).toBe(30);
    await page.close();
  });

  test("a tile shows its days, a range stays in the address, and a sensor's line opens to all of its figures", async () => {
    const page = await acme.newPage();
    await page.goto("/t/acme", { waitUntil: "networkidle" });
    const main = page.locator("main");
    await main.getByRole("link", { name: "Orders", exact: true }).click();
    await page.waitForURL(/metric=shopify-sensor\.orders/);
    await main.locator("#chart").getByRole("heading", { name: "Orders" }).waitFor();
    await main.getByRole("link", { name: "Last 90 days" }).click();
    await page.waitForURL(/range=90/);
    expect(new URL(page.url()).searchParams.get("metric")).toBe("shopify-sensor.orders");
    // Days of one's own, with the keyboard alone.
    await main.locator("summary", { hasText: "Custom" }).focus();
    await page.keyboard.press("Enter");
    const from = main.locator('input[name="from"]');
    const before = await from.inputValue();
    await from.focus();
    await page.keyboard.press("ArrowUp");
    expect(await from.inputValue(), "the arrow turns the date and leaves no field").not.toBe(before);
    await from.press("Enter");
    await page.waitForURL(/from=\d.*to=\d/);
    expect(new URL(page.url()).searchParams.get("metric")).toBe("shopify-sensor.orders");
    await main.getByRole("link", { name: "Last 90 days" }).click();
    await page.waitForURL(/range=90/);
    expect(await main.locator("#chart tbody, #chart figure details").count()).toBe(1);
    expect(await main.getByText("Net revenue").count()).toBe(0);
    await main.getByRole("heading", { name: "Shop", exact: true }).click();
    await main.getByText("Net revenue").first().waitFor();
    const [file] = await Promise.all([page.waitForEvent("download"), main.locator("#chart").getByRole("link", { name: /CSV/ }).click()]);
    expect(file.suggestedFilename()).toMatch(/^shopify-sensor-orders-.*\.csv$/);
    await page.close();
  });

  test("a chart is there before any script, and is explored by pointer and by keyboard without that anything moves", async () => {
    const page = await acme.newPage();
    const loaded: string[] = [];
    page.on("request", (request) => void loaded.push(request.url()));
    await page.goto("/t/acme", { waitUntil: "networkidle" });
    const chart = page.locator("main figure").first();
    await chart.scrollIntoViewIfNeeded();
    const places = () =>
      chart.evaluate((figure) => {
        const own = [...figure.querySelectorAll("path, text, bdi")].filter((each) => !each.closest(".recharts-wrapper"));
        return own.map((each) => JSON.stringify(each.getBoundingClientRect()));
      });
    const drawn = await places();
    expect(drawn.length).toBeGreaterThan(8);
    expect(await chart.locator(".recharts-surface").count()).toBe(0);
    expect(loaded.filter((url) => /canvas/.test(url))).toEqual([]);

    await chart.locator("button").hover();
    await chart.locator(".recharts-surface").waitFor();
    expect(loaded.filter((url) => /canvas/.test(url))).not.toEqual([]);
    expect(await places()).toEqual(drawn);
    const { x, y, width, height } = (await chart.locator(".recharts-surface").boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(x + width / 2, y + height / 2);
    expect(await chart.getByRole("status").innerText()).toMatch(/£[\d,.]+/);

    await page.goto("/t/acme/figures?sensor=shopify-sensor", { waitUntil: "networkidle" });
    const other = page.locator("main figure").nth(1);
    await other.locator("button").focus();
    await other.locator(".recharts-surface:focus").waitFor();
    await page.keyboard.press("ArrowRight");
    expect(await other.getByRole("status").innerText()).not.toBe("");
    await page.close();
  });

  test("the choice can be changed later, and the figures begin anew with it", async () => {
    const sessions = () => sumOf("ga4-sensor", "sessions");
    const before = await sessions();
    expect(before).toBeGreaterThan(0);
    const page = await acme.newPage();
    await page.goto("/t/acme/integrations/google");
    await page.locator('main a[href*="/choose?"]').first().click();
    await page.waitForURL(/choose/);
    expect(await page.getByRole("radio", { name: /acme-gifts blog/ }).isChecked()).toBe(true);
    // A search keeps what is ticked in sight, and finds by number too.
    await page.locator('input[name="q"]').fill("wholesale");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=wholesale/);
    await page.getByRole("radio", { name: /acme-gifts wholesale/ }).check();
    await save(page);
    await page.waitForURL(/\/t\/acme\/integrations\/google$/);
    expect(await page.locator("main").innerText()).toContain("acme-gifts wholesale");
    expect(await sessions()).toBe(0);
    await runAll("acme");
    expect(await sessions()).not.toBe(before);
    await page.close();
  });

  test("among 312 ad accounts one is found by its name with the keyboard alone, and kept while searching for the next", async () => {
    const page = await acme.newPage();
    await page.goto("/api/auth/oauth/meta/authorize?tenant=acme");
    await chooseAccount(page, "10210000000000900");
    await allow(page);
    // Nothing binds Meta's code to this consent: the account is shown before it is kept.
    await page.waitForURL(/\/integrations\/meta\/confirm/);
    expect(await page.locator("main").innerText()).toContain("10210000000000900");
    await page.locator('button[name="answer"][value="yes"]').click();
    await page.waitForURL(/\/integrations\/meta\/choose/);
    await page.waitForLoadState("networkidle");
    await page.locator('input[name="q"]').focus();
    for (const name of ["Client 007", "Client 299"]) {
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type(name);
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.searchParams.get("q") === name);
      const box = page.getByRole("checkbox", { name: new RegExp(name) });
      await box.waitFor();
      await page.locator('input[name="q"]').focus();
      for (let steps = 0; steps < 8 && !(await box.evaluate((input) => input === document.activeElement)); steps++)
        await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
      expect(await box.isChecked()).toBe(true);
      await page.locator('input[name="q"]').focus();
    }
    await save(page);
    await page.waitForURL((url) => !url.search.includes("ad_account"));
    await page.goto("/t/acme/integrations/meta");
    const read = await page.locator("main").innerText();
    expect(read).toContain("Client 007");
    expect(read).toContain("Client 299");
    await page.close();
  });

  test("signing in to another account than the awaited one is asked about, and the other one is connected as a second", async () => {
    const page = await acme.newPage();
    await page.goto("/t/acme/integrations/google");
    await page.locator('main a[href*="connection=con_"]:has-text("Reconnect")').first().click();
    await chooseAccount(page, "owner@beta.example");
    await allow(page);
    await page.waitForURL(/\/integrations\/google\?other=con_/);
    await page.getByRole("link", { name: "Connect this one too" }).click();
    await chooseAccount(page, "owner@beta.example");
    await allow(page);
    await page.waitForURL(/\/integrations\/google$/);
    expect(await page.locator("main h2 bdi").allInnerTexts()).toEqual(["owner@acme-gifts.example", "owner@beta.example"]);
    await page.close();
  });

  test("a run's page shows its steps and its log", async () => {
    const page = await acme.newPage();
    await page.goto("/t/acme/runs");
    await page.locator('main a[href^="/t/acme/runs/run_"]').first().click();
    await page.waitForURL(/runs\/run_/);
    await page.locator("main").getByText("Done.").first().waitFor();
    await page.close();
  });

  test("the admin sees the client, its runs and its masked credentials, and the client's owner sees no admin page", async () => {
    const page = await signIn(demo, staff, admin);
    await page.goto("/admin/clients");
    expect(await page.locator("main").innerText()).toContain("Acme Gifts");
    await page.goto("/admin/runs");
    expect(await page.locator("main").innerText()).toMatch(/Shop[\s\S]*Acme Gifts/);
    await page.goto("/admin/credentials");
    const credentials = await page.locator("main").innerText();
    expect(credentials).toContain("••••");
    expect(credentials).not.toMatch(/sbx[0-9a-f]{8}/);
    await page.close();
    const stranger = await acme.newPage();
    expect((await stranger.goto("/admin"))?.status()).toBe(404);
    await stranger.close();
  });
});

test("what was done is said on the page that follows, and only there", async () => {
  const page = await staff.newPage();
  await page.goto("/admin/new-client", { waitUntil: "networkidle" });
  await page.locator('main input[name="name"]').fill("Délta Gifts");
  expect(await page.locator('main input[name="id"]').inputValue()).toBe("delta-gifts");
  await page.locator('main input[name="id"]').fill("delta");
  // What somebody gave is theirs.
  await page.locator('main input[name="name"]').fill("Delta");
  await page.locator('main form button[type="submit"]').last().click();
  await page.waitForURL(/clients\/delta/);
  const said = page.locator("[data-radix-collection-item]").getByText("Delta");
  await said.first().waitFor();
  await page.reload({ waitUntil: "networkidle" });
  expect(await said.count()).toBe(0);
  await page.close();
});

test("a page that takes its time shows its outline meanwhile, and then itself", async () => {
  const page = await acme.newPage();
  await page.goto("/t/acme", { waitUntil: "networkidle" });
  const held: Route[] = [];
  await page.route(
    (url) => url.pathname === "/t/acme/runs.data",
    (route) => void held.push(route),
  );
  await page.locator('aside a[href="/t/acme/runs"]').click();
  const outline = page.locator('main > [role="status"]');
  await outline.waitFor();
  expect(await page.locator("main h1").isVisible()).toBe(false);
  await Promise.all(held.map((route) => route.continue()));
  await page.waitForURL(/\/t\/acme\/runs$/);
  await outline.waitFor({ state: "detached" });
  expect(await page.locator("main h1").isVisible()).toBe(true);
  await page.close();
});

test("a page shows by itself that a run has ended", async () => {
  const { DB } = await demo.server.bindings();
  const { id } = (await DB.prepare("select id from runs where tenant_id = 'acme' and job = 'ga4-sensor' limit 1").first<{
    id: string;
  }>()) ?? { id: "" };
  const set = (status: string, availableAt: number) =>
    DB.prepare("update runs set status = ?, lease = null, available_at = ? where id = ?").bind(status, availableAt, id).run();
  await set("running", Date.now() + 600_000);
  const page = await acme.newPage();
  await page.goto(`/t/acme/runs/${id}`);
  const running = page.locator("main").getByText("Running", { exact: true }).first();
  await running.waitFor();
  await set("succeeded", Date.now());
  await running.waitFor({ state: "detached" });
  await page.close();
});

test("a client is found by a part of its name as one types, with the keyboard alone", async () => {
  const page = await staff.newPage();
  await page.goto("/admin/runs", { waitUntil: "networkidle" });
  const field = page.locator('main input[name="client"]');
  await field.focus();
  await page.keyboard.type("gift");
  await page.locator('main datalist option[value="Acme Gifts (acme)"]').waitFor({ state: "attached" });
  await page.keyboard.press("Enter");
  await page.waitForURL(/client=acme/);
  await expect.poll(() => field.inputValue()).toBe("Acme Gifts (acme)");
  expect(await field.evaluate((input) => input === document.activeElement)).toBe(true);
  await page.close();
});

describe("the unhappy ways", () => {
  test("the sixth digit of a sign-in code sends it, once; a refused one lets one type again, and is not sent again by itself", async () => {
    const context = await browser.newContext({ baseURL: demo.origin });
    const page = await context.newPage();
    const sent: string[] = [];
    page.on("request", (request) => {
      const code = request.method() === "POST" && new URLSearchParams(request.postData() ?? "").get("code");
      if (code) sent.push(code);
    });
    const since = Date.now();
    await page.goto("/sign-in", { waitUntil: "networkidle" });
    await page.locator('input[name="email"]').fill("owner@beta.example");
    await page.keyboard.press("Enter");
    await page.waitForURL(/sign-in\/code/);
    const { code = "" } = await findMail(demo.origin, { to: "owner@beta.example", since });
    await page.waitForLoadState("networkidle");
    const wrong = code === "111111" ? "222222" : "111111";
    const field = page.locator('input[name="code"]');
    await field.pressSequentially(wrong);
    await page.keyboard.press("Enter");
    await page.locator("[aria-invalid=true]").waitFor();
    expect(sent).toEqual([wrong]);
    await page.keyboard.insertText(wrong);
    await page.waitForTimeout(300);
    expect(sent).toEqual([wrong]);
    await field.selectText();
    await page.keyboard.insertText(`${code?.slice(0, 3)} ${code?.slice(3)}`);
    await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
    expect(sent).toEqual([wrong, `${code?.slice(0, 3)} ${code?.slice(3)}`]);
    await context.close();
  });

  test("a denied consent comes back with plain words, a clean address and nothing stored", async () => {
    const beta = await browser.newContext({ baseURL: demo.origin });
    const page = await signIn(demo, beta, "owner@beta.example");
    await connect(page, { tenant: "beta", provider: "klaviyo" });
    await deny(page);
    await page.waitForURL(/\/t\/beta\/integrations\/klaviyo$/);
    expect(new URL(page.url()).search).toBe("");
    await page.getByText("Klaviyo n’a pas été connecté : l’accès a été refusé.").first().waitFor();
    expect(await page.locator("form:has([name=connectionId])").count()).toBe(0);
    await beta.close();
  });

  test("somebody else's workspace, run and unknown addresses do not exist", async () => {
    const page = await acme.newPage();
    for (const path of ["/t/beta", "/t/beta/integrations", "/t/nobody", "/t/acme/runs/run_00000000000000000000000000", "/nowhere"]) {
      expect((await page.goto(path))?.status(), path).toBe(404);
      expect(await page.locator("h1").count()).toBe(1);
    }
    await page.close();
  });

  test("without a session every portal page leads to sign-in, which leads back", async () => {
    const nobody = await browser.newContext({ baseURL: demo.origin });
    const page = await nobody.newPage();
    await page.goto("/t/acme/runs");
    expect(new URL(page.url()).pathname).toBe("/sign-in");
    await nobody.close();
  });
});

describe("without JavaScript", () => {
  test("a client signs in with the six digits, connects, reads its figures and disconnects", async () => {
    const plain = await browser.newContext({ baseURL: demo.origin, javaScriptEnabled: false });
    const page = await signIn(demo, plain, "owner@gamma.example", { byCode: true });
    if (new URL(page.url()).pathname === "/onboarding") {
      await page.locator('input[name="name"]').fill("Owner of Gamma");
      await page.locator('form:has(input[name="name"]) button[type="submit"]').click();
    }
    await connect(page, { tenant: "gamma", provider: "shopify", shop: "gamma-studio.myshopify.com" });
    await allow(page);
    expect(new URL(page.url()).pathname).toBe("/t/gamma/integrations/shopify");
    await runAll("gamma");
    await page.goto("/t/gamma");
    expect(await page.locator("html").getAttribute("dir")).toBe("rtl");
    // What a script would make when a fold is opened stands behind its link.
    const figures = await page.locator('main details a[href*="/figures?"]').first().getAttribute("href");
    await page.goto(figures ?? expect.unreachable("no link to the figures"));
    expect(await page.locator("main table").count()).toBeGreaterThan(0);
    // Choosing works without scripts too: the sandbox's Google person has two calendars.
    await page.goto("/api/auth/oauth/google/authorize?tenant=gamma&sets=analytics&sets=calendar");
    await chooseAccount(page, "owner@gamma.example");
    await allow(page);
    expect(new URL(page.url()).searchParams.get("kind")).toBe("calendar");
    await page.locator('input[name="q"]').fill("team");
    await page.locator('button[formmethod="get"]').first().click();
    await page.locator('input[name="ids"]').first().check();
    await save(page);
    expect(new URL(page.url()).pathname).toBe("/t/gamma/integrations");
    await page.goto("/t/gamma/integrations/shopify");
    await page.locator("details:has(form [name=connectionId]) > summary").last().click();
    await page.locator('form:has([name=connectionId]):has([value="disconnect"]) button').last().click();
    expect(await page.locator("form:has([name=connectionId])").count()).toBe(0);
    await plain.close();
  });
});

describe("with the keyboard alone", () => {
  test("the palette opens over any page, leads to a page, a client and a pasted id, and gives the focus back", async () => {
    const page = await staff.newPage();
    const loaded: string[] = [];
    page.on("request", (request) => void loaded.push(request.url()));
    await page.goto("/admin/clients", { waitUntil: "networkidle" });
    const palettes = () => loaded.filter((url) => /palette.*\.js/.test(url)).length;
    expect(palettes()).toBe(0);
    await page.getByRole("button", { name: "Search" }).waitFor();
    await page.keyboard.press("/");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("search");
    await page.keyboard.press("Control+k");
    const field = page.getByRole("combobox", { name: "Search" });
    await page.getByRole("option", { name: "Incidents" }).waitFor();
    expect(palettes()).toBe(1);
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await field.waitFor({ state: "detached" });
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("search");

    await page.keyboard.press("Control+k");
    await page.keyboard.type("créden");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/admin\/credentials$/);
    await page.keyboard.press("Control+k");
    await page.keyboard.type("gifts");
    await page.getByRole("option", { name: /Acme Gifts/ }).waitFor();
    expect(await page.getByRole("option").count()).toBe(1);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/admin\/clients\/acme$/);

    // Enter at once, before any answer.
    const { DB } = await demo.server.bindings();
    const run = await DB.prepare("select id from runs where tenant_id = 'acme' limit 1").first<string>("id");
    await page.keyboard.press("Control+k");
    await field.waitFor();
    await page.keyboard.insertText(run ?? "");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname === `/admin/runs/${run}`);
    await page.close();
  });

  test("a filter applies while one types, keeps the focus, and no late answer wins over what was typed last", async () => {
    const page = await staff.newPage();
    await page.goto("/admin/runs");
    await page.goto("/admin/clients", { waitUntil: "networkidle" });
    let late: Promise<void> | undefined;
    await page.route(/clients\.data\?.*search=b(&|$)/, async (route) => {
      late = new Promise((done) => setTimeout(done, 1_500));
      await late;
      await route.continue().catch(() => undefined);
    });
    const field = page.getByLabel("Search clients");
    await field.pressSequentially("b");
    await page.waitForTimeout(500);
    expect(late).toBeDefined();
    await field.pressSequentially("eta");
    await page.waitForURL(/search=beta$/);
    await page.waitForTimeout(1_500);
    expect(await page.locator("main tbody tr").count()).toBe(1);
    expect([await field.inputValue(), await field.evaluate((input) => input === document.activeElement)]).toEqual(["beta", true]);
    await page.locator("main").getByRole("link", { name: "Clear filters" }).click();
    await page.waitForURL(/clients$/);
    await expect.poll(() => field.inputValue()).toBe("");
    // The letters are no steps of the way back.
    await page.goBack();
    await expect.poll(() => field.inputValue()).toBe("beta");
    await page.goBack();
    await page.waitForURL(/\/admin\/runs$/);
    await page.close();
  });

  test("who unticks every permission is asked to tick one, and is led to no provider", async () => {
    const page = await acme.newPage();
    await page.goto("/t/acme/integrations/hubspot");
    const form = page.locator('form[action="/t/acme/connect/hubspot"]').first();
    for (const box of await form.locator('input[name="sets"]').all()) await box.setChecked(false);
    await form.locator('button[type="submit"]').click();
    await page.getByText("Select at least one permission.").first().waitFor();
    expect(new URL(page.url()).pathname).toBe("/t/acme/integrations/hubspot");
    await page.close();
  });

  test("the first Tab offers to skip to the content, and a question can be left with Escape", async () => {
    const page = await acme.newPage();
    await page.goto("/t/acme/integrations/shopify");
    await page.waitForLoadState("networkidle");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("href"))).toBe("#content");
    const disconnect = page.locator('main button[aria-haspopup="dialog"]').first();
    await disconnect.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("alertdialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("alertdialog").waitFor({ state: "detached" });
    expect(await disconnect.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.close();
  });
});

describe("every page", () => {
  // Each is loaded once: in the other theme and width its DOM is the same.
  test("fits 1440 px in light and 360 px in dark without sideways scroll, breaks no rule of accessibility and no rule of its CSP", async () => {
    const look = async (context: BrowserContext, paths: readonly string[]) => {
      const page = await context.newPage();
      const complaints = complaintsOf(page);
      await page.emulateMedia({ reducedMotion: "reduce" });
      for (const path of paths) {
        await page.setViewportSize({ width: 1440, height: 900 });
        await page.goto(path, { waitUntil: "networkidle" });
        await expectNoSidewaysScroll(page);
        await expectAccessible(page);
        await expectWordsAndClasses(page);
        await page.setViewportSize({ width: 360, height: 900 });
        await changeTheme(page, "dark");
        await expectNoSidewaysScroll(page);
        await expectStillAccessible(page);
      }
      expect(complaints).toEqual([]);
      await page.close();
    };
    const nobody = await browser.newContext({ baseURL: demo.origin });
    for (const context of [acme, staff, nobody]) await context.addCookies([{ name: "atrium_theme", value: "light", url: demo.origin }]);
    // Side by side: while one waits for the network another one is looked at.
    await Promise.all([look(acme, [...clientPages, ...(await choicePages())]), look(staff, adminPages), look(nobody, publicPages)]);
    await nobody.close();
    // Sixty pages, each looked at by a slow machine too.
  }, 480_000);

  test("of the admin has no table that leaves its card and nothing that leaves the page, from a phone's width to a desktop's", async () => {
    const page = await staff.newPage();
    await page.emulateMedia({ reducedMotion: "reduce" });
    for (const path of [...adminPages.filter((path) => path !== "/docs/api"), "/admin/mails", "/admin/clients/beta"]) {
      await page.goto(path);
      for (const width of [360, 660, 820, 1000, 1150, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoSidewaysScroll(page);
        expect(await leavingTables(page), `${path} at ${width} px`).toEqual([]);
      }
    }
    await page.close();
  });

  test("has rows of one line on a desktop, and cards of two lines on a phone, of what the admin looks at most", async () => {
    const page = await staff.newPage();
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto("/admin/runs");
    const heights = () =>
      page.locator("main tbody tr").evaluateAll((rows) => rows.map((row) => Math.round(row.getBoundingClientRect().height)));
    const [most] = (await heights()).sort((a, b) => b - a);
    expect(most).toBeGreaterThanOrEqual(36);
    expect(most).toBeLessThanOrEqual(40);
    await page.setViewportSize({ width: 360, height: 900 });
    expect((await heights()).every((height) => height < 72)).toBe(true);
    await page.close();
  });

  test("is in the theme that its person chose, and the other one has other colours", async () => {
    const page = await acme.newPage();
    const ink = () => page.evaluate(() => getComputedStyle(document.body).color);
    const inks: string[] = [];
    for (const [theme, other] of [["dark", "light"] as const, ["light", "dark"] as const]) {
      await acme.addCookies([{ name: "atrium_theme", value: theme, url: demo.origin }]);
      await page.goto("/t/acme/settings");
      expect(await page.locator("html").getAttribute("data-theme")).toBe(theme);
      inks.push(await ink());
      await changeTheme(page, other);
      inks.push(await ink());
    }
    const [dark, light] = inks;
    expect(inks).toEqual([dark, light, light, dark]);
    expect(light).not.toBe(dark);
    await page.close();
  });
});

test("nothing that the Worker printed all the while holds what a provider issued, nor a link's secret but in the mail itself", async () => {
  const issued = (await (await fetch(`${demo.sandbox}/__sandbox/issued`)).json()) as string[];
  expect(issued.length).toBeGreaterThan(10);
  expect(lines.length).toBeGreaterThan(100);
  const holding = (secrets: readonly string[]) => lines.filter((line) => secrets.some((secret) => line.includes(secret)));
  expect(holding(issued)).toEqual([]);
  // Without a mail server the terminal is the mailbox: its lines have the link.
  expect(holding(await mailedSecrets()).filter((line) => !line.includes('"message":"mail"'))).toEqual([]);
});

/** Tables that are wider than what holds them, by their captions. */
const leavingTables = (page: Page) =>
  page.locator("main table").evaluateAll((tables) =>
    tables.flatMap((table) => {
      const [own, card] = [table, table.closest(".glass") ?? table.parentElement ?? table].map((each) => each.getBoundingClientRect());
      const leaves = own && card && (own.left < card.left - 0.5 || own.right > card.right + 0.5);
      return leaves ? [table.querySelector("caption")?.textContent] : [];
    }),
  );

/** Ticks an account on the sandbox's consent page. */
async function chooseAccount(page: Page, account: string): Promise<void> {
  await page.locator(`input[name="account"][value="${account}"]`).check();
}

const save = (page: Page) => page.locator('main button[name="intent"][value="choose"]').click();

/** Where acme chooses among a few, and among hundreds. */
async function choicePages(): Promise<string[]> {
  const { DB } = await demo.server.bindings();
  const rows = await DB.prepare("select id, provider from connections where tenant_id = 'acme' and provider in ('google', 'meta')").all<{
    id: string;
    provider: string;
  }>();
  expect(rows.results.length).toBeGreaterThan(1);
  return rows.results.map(
    ({ id, provider }) =>
      `/t/acme/integrations/${provider}/choose?connection=${id}&kind=${provider === "meta" ? "ad_account" : "ga4_property"}`,
  );
}

/** The sum of what a sensor of acme measured. */
async function sumOf(sensor: string, metric: string): Promise<number> {
  const { DB } = await demo.server.bindings();
  const sum = await DB.prepare("select sum(value) as n from measurements where tenant_id = 'acme' and job = ? and metric = ?")
    .bind(sensor, metric)
    .first<number | null>("n");
  return sum ?? 0;
}

/** What the links of all mails carry as their last part. */
async function mailedSecrets(): Promise<string[]> {
  const { mails } = (await (await fetch(`${demo.origin}/dev/outbox?format=json`)).json()) as { mails: { link: string | null }[] };
  const links = mails.flatMap(({ link }) => link ?? []).filter((link) => /\/(sign-in\/link|invitation)\//.test(link));
  expect(links.length).toBeGreaterThan(0);
  return links.map((link) => link.split("/").at(-1) ?? "");
}

/** What the browser's console says of broken policies and broken hydration. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 404/.test(message.text())) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => void complaints.push(`${page.url()}: ${error.message}`));
  return complaints;
}

/** Fires the cron until each of the tenant's jobs that can run has run. */
async function runAll(tenant: string): Promise<void> {
  const { DB } = await demo.server.bindings();
  await waitFor(`the runs of ${tenant}`, 90_000, async () => {
    await demo.server.tick();
    const waiting = await DB.prepare(
      "select count(*) as n from schedules where tenant_id = ? and enabled = 1 and blocked is null and last_success_at is null",
    )
      .bind(tenant)
      .first<number>("n");
    return waiting === 0 ? true : null;
  });
}
