import { readdir, readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectNoSidewaysScroll, launchBrowser } from "./browser.ts";

const assets = new URL("../../build/client/assets/", import.meta.url);
let browser: Awaited<ReturnType<typeof launchBrowser>>;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test("a name that is one long word makes no page wider than a small screen", async () => {
  const sheets = (await readdir(assets)).filter((name) => name.endsWith(".css"));
  const css = await Promise.all(sheets.map((name) => readFile(new URL(name, assets), "utf8")));
  const name = "M".repeat(80);
  const page = await browser.newPage({ viewport: { width: 360, height: 640 } });
  await page.setContent(`<!doctype html><html><head><style>${css.join("\n")}</style></head><body><main class="p-4">
    <h1>${name}</h1><p>Who may enter ${name}.</p>
    <ol class="flex flex-wrap"><li class="min-w-0"><a href="/">${name}</a></li></ol></main></body></html>`);
  expect(await page.evaluate(() => getComputedStyle(document.body).fontSize)).toBe("14px");
  await expectNoSidewaysScroll(page);
});
