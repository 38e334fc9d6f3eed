import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { chromiumFlags, findChromium } from "#scripts/chromium.ts";
import { findMail } from "#scripts/demo/mail.ts";
import type { Demo } from "#scripts/demo/start.ts";

export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium({ install: false });
  if (!executablePath)
    throw new Error("There is no Chromium: `npm test` installs one where it can, and leaves these tests out where it cannot.");
  return chromium.launch({ executablePath, args: [...chromiumFlags] });
}

/** Signs in as a person does: asks, opens the mail, presses the button. */
export async function signIn(demo: Demo, context: BrowserContext, email: string): Promise<Page> {
  const page = await context.newPage();
  const since = Date.now();
  await page.goto(`${demo.origin}/sign-in`);
  await page.locator('input[name="email"]').fill(email);
  await page.locator('form:has(input[name="email"]) button[type="submit"]').click();
  await page.waitForURL(/sign-in\/code/);
  const { link } = await findMail(demo.origin, { to: email, since });
  await page.goto(link ?? "");
  await page.locator("main form button[type=submit], form button[type=submit]").first().click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  return page;
}

/** Nothing sticks out sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { scroll, client } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    client: document.documentElement.clientWidth,
  }));
  expect(scroll, `${page.url()} is ${scroll} px wide on a screen of ${client} px`).toBeLessThanOrEqual(client);
}

/** WCAG A and AA, as far as a machine can tell. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]).analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(" ")} (${failureSummary})`).join(", ")}`,
  );
  expect(found, page.url()).toEqual([]);
}
