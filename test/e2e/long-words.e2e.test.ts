import { readdir, readFile } from "node:fs/promises";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
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
  const way = createElement("ol", { className: "flex flex-wrap" }, createElement("li", { className: "min-w-0" }, name));
  const head = createElement(PageHeader, { title: name, description: name, before: way });
  const parts = { title: name, description: `People with access to ${name}.`, children: name };
  const section = createElement(Section, parts);
  await page.setContent(`<!doctype html><html><head><style>${css.join("\n")}</style></head>
    <body><main class="p-4">${renderToStaticMarkup(createElement("div", null, head, section))}</main></body></html>`);
  expect(await page.evaluate(() => getComputedStyle(document.body).fontSize)).toBe("14px");
  await expectNoSidewaysScroll(page);
});
