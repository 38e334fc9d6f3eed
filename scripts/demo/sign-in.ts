import type { BrowserContext, Page } from "playwright-core";
import { findMail } from "./mail.ts";
import type { Demo } from "./start.ts";

/** Signs in as a person does: asks, looks into the mail, and opens its link or types its digits. */
export async function signIn(
  { origin }: Pick<Demo, "origin">,
  context: BrowserContext,
  email: string,
  { byCode = false } = {},
): Promise<Page> {
  const page = await context.newPage();
  const since = Date.now();
  await page.goto(`${origin}/sign-in`);
  await page.locator('input[name="email"]').fill(email);
  await page.locator('form:has(input[name="email"]) button[type="submit"]').click();
  await page.waitForURL(/sign-in\/code/);
  const { link, code } = await findMail(origin, { to: email, since });
  if (byCode) {
    await page.locator('input[name="code"]').fill(code ?? "");
    await page.locator('form:has(input[name="code"]) button[type="submit"]').click();
  } else {
    await page.goto(link ?? "");
    await page.locator('main form[method="post"] button[type="submit"]').first().click();
  }
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  return page;
}
