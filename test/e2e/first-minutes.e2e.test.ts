import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findMail } from "#scripts/demo/mail.ts";
import { admin } from "#scripts/demo/people.ts";
import { signIn } from "#scripts/demo/sign-in.ts";
import { type Demo, startDemo } from "#scripts/demo/start.ts";
import { expectAccessible, expectNoSidewaysScroll, launchBrowser } from "./browser.ts";

let demo: Demo;
let browser: Browser;
let dataDir: string;

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
  const context = await browser.newContext({ baseURL: demo.origin, locale: "fr-FR" });
  const page = await context.newPage();
  const reloads: string[] = [];
  page.on("framenavigated", (frame) => void (frame === page.mainFrame() && reloads.push(new URL(frame.url()).pathname)));
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
  await context.close();
});
