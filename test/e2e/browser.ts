import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { twMerge } from "tailwind-merge";
import { expect } from "vitest";
import { CATALOGUES } from "#app/i18n/catalogues.server.ts";
import { chromiumFlags, findChromium } from "#scripts/chromium.ts";

declare global {
  interface Window {
    axe: typeof axe;
    /** What was visible when the page was first looked at. */
    seen: WeakSet<Element>;
    /** What axe finds wrong, in words. */
    wrong(context: axe.ElementContext, runOnly: string[]): Promise<string[]>;
  }
}

export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium({ install: false });
  if (!executablePath)
    throw new Error("There is no Chromium: `npm test` installs one where it can, and leaves these tests out where it cannot.");
  return chromium.launch({ executablePath, args: [...chromiumFlags] });
}

/** Presses "connect" on a provider's page, which leads to the provider's consent page. */
export async function connect(page: Page, { tenant, provider, shop }: { tenant: string; provider: string; shop?: string }): Promise<void> {
  await page.goto(`/t/${tenant}/integrations/${provider}`);
  const form = page.locator(`form[action="/t/${tenant}/connect/${provider}"]`).first();
  if (shop) await form.locator('input[name="shop"]').fill(shop);
  await form.locator('button[type="submit"]').click();
  await page.locator('button[name="decision"][value="allow"]').waitFor();
}

export const allow = (page: Page) => page.locator('button[name="decision"][value="allow"]').click();
export const deny = (page: Page) => page.locator('button[name="decision"][value="deny"]').click();

/** Nothing sticks out sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { scroll, client } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    client: document.documentElement.clientWidth,
  }));
  expect(scroll, `${page.url()} is ${scroll} px wide on a screen of ${client} px`).toBeLessThanOrEqual(client);
}

/** No text is a key in place of its words, and no element has two classes of which one undoes the other: `cn` lets neither win. */
export async function expectWordsAndClasses(page: Page): Promise<void> {
  const { text, classes } = await page.evaluate(() => ({
    text: document.body.innerText,
    classes: [...new Set([...document.querySelectorAll("[class]")].map((element) => element.getAttribute("class") ?? ""))],
  }));
  expect(text.match(/[\w:]+(\.\w+)+/g)?.filter((word) => keys.has(word.replace(/^\w+:/, ""))) ?? [], page.url()).toEqual([]);
  const undone = classes.flatMap((each) => {
    const kept = new Set(twMerge(each).split(" "));
    return each
      .split(/\s+/)
      .filter((name) => name && !kept.has(name))
      .map((name) => `${name} in ${each}`);
  });
  expect(undone, page.url()).toEqual([]);
}

const keys = new Set(Object.values(CATALOGUES.en).flatMap((words) => keysOf(words)));

function keysOf(node: object, path = ""): string[] {
  return Object.entries(node).flatMap(([key, value]) =>
    typeof value === "string" ? [`${path}${key.replace(/_(one|other)$/, "")}`] : keysOf(value, `${path}${key}.`),
  );
}

const wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
/** Those of them that read colours or sizes: all others say the same of one DOM in every theme and at every width. */
const ofLooks = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"];

/** WCAG A and AA, as far as a machine can tell. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  // Only what is wrong leaves the page: all that axe has to say of one page is several megabytes.
  const found = await page.evaluate(async (tags) => {
    window.seen = new WeakSet([...document.body.querySelectorAll("*")].filter((element) => element.checkVisibility()));
    window.wrong = async (context, runOnly) => {
      const { violations } = await window.axe.run(context, { runOnly, resultTypes: ["violations"] });
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(" ")} (${failureSummary})`).join(", ")}`,
      );
    };
    return window.wrong(document, tags);
  }, wcag);
  expect(found, page.url()).toEqual([]);
}

/** The same of a page that was `expectAccessible` in another theme and width: what reads those, and all of what was not in sight. */
export async function expectStillAccessible(page: Page): Promise<void> {
  const found = await page.evaluate(
    async ({ tags, rules }) => {
      const include = [...document.body.querySelectorAll("*")].filter((element) => element.checkVisibility() && !window.seen.has(element));
      return [...(await window.wrong(document, rules)), ...(include.length > 0 ? await window.wrong({ include }, tags) : [])];
    },
    { tags: wcag, rules: ofLooks },
  );
  expect(found, page.url()).toEqual([]);
}

/** Another theme, as its cookie would have it: the html element's attribute decides. Resolves when all colours are there. */
export async function changeTheme(page: Page, theme: "dark" | "light"): Promise<void> {
  await page.evaluate(async (name) => {
    document.documentElement.dataset.theme = name;
    const turning = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(turning.map(({ finished }) => finished));
  }, theme);
}
