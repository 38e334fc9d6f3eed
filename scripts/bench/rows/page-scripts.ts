import { gzipSync } from "node:zlib";
import { type Browser, chromium } from "playwright-core";
import { oursAtMost, type Row, rowOf } from "#scripts/bench/figures.ts";
import { chromiumFlags } from "#scripts/chromium.ts";
import { bareHydration } from "./sizes.ts";

export interface Opened {
  name: string;
  url: string;
  /** The cookie header of who opens it; none for who is not signed in. */
  cookie?: string | undefined;
}

/** After the network is silent a page may still bring what it noticed that it needs. */
const settleMs = 800;

/** All JavaScript that a Chromium without a cache loads for these pages, gzipped; the heaviest counts. Beside it, what hydrating an empty page takes. */
export async function measurePageScripts(
  name: string,
  { executablePath, pages, atMost, say }: { executablePath: string; pages: readonly Opened[]; atMost: number; say(line: string): void },
): Promise<Row> {
  const browser = await chromium.launch({ executablePath, args: chromiumFlags });
  try {
    const sizes: number[] = [];
    for (const page of pages) {
      const files = await scriptsOf(browser, page);
      const size = files.reduce((sum, file) => sum + file, 0);
      say(`  ${page.name} loads ${size.toFixed(1)} KiB of JavaScript in ${files.length} files`);
      sizes.push(size);
    }
    return rowOf(name, "KiB", [{ ours: Math.max(...sizes), floor: await bareHydration() }], oursAtMost(atMost));
  } finally {
    await browser.close();
  }
}

/** The gzipped sizes of a page's scripts, in KiB. A page that is not there, or whose scripts fail, is no measurement. */
async function scriptsOf(browser: Browser, { name, url, cookie }: Opened): Promise<number[]> {
  const context = await browser.newContext();
  try {
    if (cookie) await context.addCookies(cookiesOf(cookie, url));
    const page = await context.newPage();
    const failures: string[] = [];
    const scripts = new Map<string, Promise<Buffer>>();
    page.on("pageerror", ({ message }) => failures.push(message));
    page.on("response", (response) => {
      if (response.request().resourceType() === "script") scripts.set(response.url(), response.body());
    });
    const answer = await page.goto(url, { waitUntil: "networkidle" });
    await page.waitForTimeout(settleMs);
    if (answer?.status() !== 200 || failures.length > 0) throw new Error(`${name}: ${answer?.status()} ${failures.join(" | ")}`);
    if (new URL(page.url()).pathname !== new URL(url).pathname) throw new Error(`${name} leads to ${page.url()}`);
    return (await Promise.all(scripts.values())).map((body) => gzipSync(body).byteLength / 1024);
  } finally {
    await context.close();
  }
}

const cookiesOf = (header: string, url: string) =>
  header.split("; ").map((pair) => {
    const at = pair.indexOf("=");
    // `__Host-` cookies are secure, which localhost counts as.
    const secureUrl = url.replace(/^http:/, "https:");
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: new URL("/", secureUrl).href, secure: true, httpOnly: true };
  });
