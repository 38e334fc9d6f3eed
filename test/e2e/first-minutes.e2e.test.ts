import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findMail } from "#scripts/demo/mail.ts";
import { admin } from "#scripts/demo/people.ts";
import { signIn } from "#scripts/demo/sign-in.ts";
import { type Demo, startDemo } from "#scripts/demo/start.ts";
import { expectAccessible, expectNoSidewaysScroll, launchBrowser } from "./browser.ts";

let demo: Demo;
let browser: Browser;
let dataDir: string;
/** The owner of the client that the first test makes. */
let owner: BrowserContext;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "atrium-first-"));
  demo = await startDemo({ port: 0, dataDir, shop: null, onLine: () => undefined });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** A person at a screen, whose clicks and typed fields are counted. */
function personAt(page: Page) {
  const count = { clicks: 0, typed: 0 };
  return {
    count,
    async click(what: Locator) {
      count.clicks += 1;
      await what.click();
    },
    async type(what: Locator, text: string) {
      count.typed += 1;
      await what.pressSequentially(text);
    },
    /** The link in a mail. */
    async follow(link: string) {
      count.clicks += 1;
      await page.goto(link);
    },
  };
}

/** The agency makes a client and invites its owner; answers the link in that mail. */
async function invitedOwner(id: string, email: string): Promise<string> {
  const staff = await browser.newContext({ baseURL: demo.origin });
  const page = await signIn(demo, staff, admin);
  await page.goto("/admin/new-client", { waitUntil: "networkidle" });
  await page.locator('main input[name="id"]').fill(id);
  await page.locator('main input[name="name"]').fill("Delta Gifts");
  await page.locator('main input[name="ownerEmail"]').fill(email);
  const since = Date.now();
  await page.locator('main form button[type="submit"]').last().click();
  await page.waitForURL(new RegExp(`clients/${id}`));
  await staff.close();
  const { link } = await findMail(demo.origin, { to: email, since });
  return link ?? "";
}

const seconds = (ms: number) => (ms / 1000).toFixed(1);

test("from the link in the mail to the first figure: at most six clicks, two typed fields, and a minute", async () => {
  const link = await invitedOwner("delta", "owner@delta.example");
  owner = await browser.newContext({ baseURL: demo.origin, locale: "fr-FR" });
  const page = await owner.newPage();
  const reloads: string[] = [];
  // Documents that are asked for, and not what the router notes in the history when it takes a page over.
  page.on("request", (request) => void (request.isNavigationRequest() && reloads.push(new URL(request.url()).pathname)));
  const her = personAt(page);

  const begun = Date.now();
  await her.follow(link);
  const main = page.locator("main");
  await her.click(main.locator('button[name="intent"][value="accept"]'));
  await page.waitForURL(/onboarding/);
  await her.type(main.locator('input[name="name"]'), "Propriétaire de Delta");
  await her.click(main.locator('button[type="submit"]'));
  await page.waitForURL(/\/t\/delta$/);
  await her.type(main.locator('input[name="shop"]'), "acme-gifts.myshopify.com");
  await her.click(main.getByRole("button", { name: "Connecter Shopify" }));
  await her.click(page.locator('button[name="decision"][value="allow"]'));
  await page.waitForURL((url) => url.host === new URL(demo.origin).host && url.pathname === "/t/delta");
  const landed = Date.now();
  await main
    .getByText("Lecture des commandes de votre boutique")
    .or(main.getByText("Chiffre d’affaires", { exact: true }).first())
    .first()
    .waitFor();
  const opened = reloads.length;
  // She looks on, and touches nothing.
  await main
    .getByText(/^[\d\s\u202f\u00a0,]+£GB$|£/)
    .first()
    .waitFor({ timeout: 60_000 });
  const took = Date.now() - begun;
  process.stdout.write(
    `from mail to first figure: ${seconds(took)} s (${seconds(Date.now() - landed)} s of them after the consent), ${her.count.clicks} clicks, ${her.count.typed} typed fields\n`,
  );
  expect(took).toBeLessThan(60_000);
  expect(her.count.clicks).toBeLessThanOrEqual(6);
  expect(her.count.typed).toBeLessThanOrEqual(2);
  expect(reloads.length, "the page filled without being opened anew").toBe(opened);
  expect(await page.locator("html").getAttribute("lang")).toBe("fr");
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
  await page.close();
});

test("an invited colleague reads the language that was chosen for her from the first page on, whatever her browser's, and lands on the figures that are there", async () => {
  const page = await owner.newPage();
  const email = "colleague@delta.example";
  await page.goto("/t/delta/settings/team", { waitUntil: "networkidle" });
  const form = page.locator('main form:has(input[name="email"])');
  await form.locator('input[name="email"]').fill(email);
  await form.locator('select[name="role"]').selectOption("viewer");
  expect(await form.locator('select[name="locale"]').inputValue(), "the inviter's own").toBe("fr");
  await form.locator('select[name="locale"]').selectOption("he");
  const since = Date.now();
  await form.locator('button[type="submit"]').click();
  const { link } = await findMail(demo.origin, { to: email, since });
  await page.close();

  const hers = await browser.newContext({ baseURL: demo.origin, locale: "en-GB" });
  const her = await hers.newPage();
  await her.goto(link ?? "");
  await her.locator('main button[name="intent"][value="accept"]').click();
  await her.locator('main input[name="name"]').fill("עמיתה");
  await her.locator('main form:has(input[name="name"]) button[type="submit"]').click();
  await her.waitForURL(/\/t\/delta$/);
  const main = her.locator("main");
  await main.getByText(/£/).first().waitFor();
  expect(await her.locator("html").getAttribute("dir")).toBe("rtl");
  expect(await main.locator('form[action*="/connect/"]').count()).toBe(0);
  expect(await main.getByText("אפשר לצפות כאן בכל הנתונים").count()).toBe(1);
  await expectNoSidewaysScroll(her);
  await expectAccessible(her);
  // Read once: it is put away for good.
  await main.getByRole("button", { name: "הבנתי" }).click();
  await main.getByText("אפשר לצפות כאן בכל הנתונים").waitFor({ state: "detached" });
  await her.reload();
  await main.getByText(/£/).first().waitFor();
  expect(await main.getByText("אפשר לצפות כאן בכל הנתונים").count()).toBe(0);
  await hers.close();
});

test("on a phone the overview is three screens at most until the title of its last section, also with all that is proposed connected", async () => {
  const page = await owner.newPage();
  await page.setViewportSize({ width: 360, height: 800 });
  const screens = async () => {
    const [title, top] = await page
      .locator("main h2")
      .last()
      .evaluate((each) => [each.textContent, each.getBoundingClientRect().top + scrollY]);
    process.stdout.write(`${title} stands ${(Number(top) / 800).toFixed(2)} screens down\n`);
    return Number(top) / 800;
  };
  await page.goto("/t/delta", { waitUntil: "networkidle" });
  await page.getByRole("heading", { name: "À connecter ensuite" }).waitFor();
  expect(await screens()).toBeLessThanOrEqual(3);
  for (const provider of ["Klaviyo", "Google"]) {
    await page.goto("/t/delta", { waitUntil: "networkidle" });
    await page.getByRole("button", { name: `Connecter ${provider}` }).click();
    await page.locator('button[name="decision"][value="allow"]').click();
    await page.waitForURL((url) => url.host === new URL(demo.origin).host && url.pathname.startsWith("/t/delta"));
    if (provider === "Klaviyo") continue;
    await page.locator('input[name="ids"]').first().check();
    await page.locator('main button[name="intent"][value="choose"]').click();
    await page.waitForURL(/\/t\/delta$/);
  }
  await page.getByText("Profils", { exact: true }).first().waitFor({ timeout: 60_000 });
  expect(await page.getByRole("heading", { name: "À connecter ensuite" }).count()).toBe(0);
  await page.locator("main summary h3", { hasText: "Trafic du site" }).waitFor({ timeout: 60_000 });
  expect(await screens()).toBeLessThanOrEqual(3);
  // What is disconnected keeps its verdict, and says at length what it waits for.
  await page.goto("/t/delta/integrations/klaviyo", { waitUntil: "networkidle" });
  await page.getByRole("button", { name: /^Déconnecter/ }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Déconnecter" }).click();
  await page.getByText("Non connecté", { exact: true }).first().waitFor();
  await page.goto("/t/delta", { waitUntil: "networkidle" });
  await page.locator("main summary", { hasText: "Connectez Klaviyo pour synchroniser." }).first().waitFor();
  await expectNoSidewaysScroll(page);
  await page.close();
});
