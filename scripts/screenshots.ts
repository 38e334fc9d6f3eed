import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";
import { chromiumFlags, findChromium } from "./chromium.ts";
import { checkDemo } from "./demo/check.ts";
import { adminPages, clientPages, publicPages } from "./demo/pages.ts";
import { admin, clients } from "./demo/people.ts";
import { signIn } from "./demo/sign-in.ts";
import { type Demo, startDemo } from "./demo/start.ts";
import { readOptions, refuseCall } from "./read-options.ts";

const usage = `npm run screenshots -- [options]

Makes a picture of every page of the demo, in both themes and at two widths, as OUT/<language>/<theme>-<width>/<page>.png

  --out DIR         where to (default .atrium/screenshots, which git leaves alone)
  --locales LIST    languages with commas between them (default en; en,fr,he are all)
  --themes LIST     default dark,light
  --widths LIST     default 1440,360
  --pages TEXT      only pages whose address has this text in it
  --data DIR        the demo's data, made where there is none and kept (default .atrium/screenshots/data)
`;

const { values } = readOptions(usage, {
  options: {
    out: { type: "string", default: ".atrium/screenshots" },
    locales: { type: "string", default: "en" },
    themes: { type: "string", default: "dark,light" },
    widths: { type: "string", default: "1440,360" },
    pages: { type: "string", default: "" },
    data: { type: "string", default: ".atrium/screenshots/data" },
  },
});
const listed = (text: string) => text.split(",").filter(Boolean);
const widths = listed(values.widths).map(Number);
if (widths.some((width) => !Number.isInteger(width) || width < 200)) refuseCall(usage, `These are no widths: ${values.widths}.`);
const say = (line: string) => void process.stderr.write(`${line}\n`);

const executablePath = findChromium({ install: true });
if (!executablePath) refuseCall(usage, "There is no Chromium here; CHROMIUM names one.");

const dataDir = resolve(values.data);
await mkdir(dataDir, { recursive: true });
const demo = await startDemo({ port: 0, dataDir, onLine: () => undefined });
try {
  await fill(demo);
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
  const open = async (email?: string): Promise<BrowserContext> => {
    const context = await browser.newContext({ baseURL: demo.origin, reducedMotion: "reduce" });
    if (email) await (await signIn(demo, context, email)).close();
    return context;
  };
  const sets = [
    { context: await open(clients[0].owner), paths: clientPages },
    { context: await open(admin), paths: adminPages },
    { context: await open(), paths: publicPages },
  ];
  for (const { context, paths } of sets)
    await shoot(
      context,
      paths.filter((path) => path.includes(values.pages)),
    );
  await browser.close();
} finally {
  await demo.stop();
}

/** Connects and runs what the demo has, as its people would, where nobody did so far. */
async function fill(running: Demo): Promise<void> {
  const { DB } = await running.server.bindings();
  const connected = await DB.prepare("select count(*) as n from connections").first<number>("n");
  if (connected) return;
  say("Filling the demo ...");
  await checkDemo(running, Date.now());
}

async function shoot(context: BrowserContext, paths: readonly string[]): Promise<void> {
  const page = await context.newPage();
  for (const locale of listed(values.locales))
    for (const theme of listed(values.themes))
      for (const width of widths) {
        await context.addCookies([
          { name: "atrium_theme", value: theme, url: demo.origin },
          { name: "atrium_locale", value: locale, url: demo.origin },
        ]);
        await page.setViewportSize({ width, height: width > 600 ? 900 : 780 });
        const folder = join(resolve(values.out), locale, `${theme}-${width}`);
        for (const path of paths) {
          await page.goto(path, { waitUntil: "networkidle" });
          await page.screenshot({ path: join(folder, `${nameOf(path)}.png`), fullPage: true });
        }
        say(`${folder}: ${paths.length}`);
      }
  await page.close();
}

/** An address as the name of a file. */
function nameOf(path: string): string {
  const name = path.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "");
  return name.slice(0, 80) || "root";
}
