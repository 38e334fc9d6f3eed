import { describe, expect, test } from "vitest";
import { ask } from "#test/ask.ts";
import { testEnv } from "#test/harness.ts";
import { testOrigin } from "#test/variables.ts";

/** Every file of the build, as the paths that a browser asks for. */
const files = Object.keys(import.meta.glob("../../build/client/**/*"))
  .map((path) => path.slice("../../build/client".length))
  .filter((path) => path !== "/_headers");
const endings = {
  js: /^text\/javascript/,
  css: /^text\/css/,
  svg: /^image\/svg\+xml/,
  woff2: /^font\/woff2/,
  png: /^image\/png/,
  webmanifest: /^application\/manifest\+json/,
  txt: /^text\/plain/,
};

/** At the edge files are answered before the Worker; on a direct socket it asks for them itself. */
const doors: readonly [string, (path: string, init?: RequestInit) => Promise<Response>][] = [
  ["the edge", (path, init) => testEnv.ASSETS.fetch(new Request(`${testOrigin}${path}`, init) as Parameters<Fetcher["fetch"]>[0])],
  ["the Worker", ask],
];

test("the build has files of every kind that is looked at here, and of no other", () => {
  expect(files).toEqual(expect.arrayContaining(["/robots.txt", "/manifest.webmanifest", "/apple-touch-icon.png"]));
  expect(files.filter((path) => path.startsWith("/assets/")).length).toBeGreaterThan(50);
  expect(new Set(files.map((path) => path.split(".").at(-1)))).toEqual(new Set(Object.keys(endings)));
});

test("the manifest's icons are there, in the sizes that it says, and every page leads to it", async () => {
  const manifest = (await (await ask("/manifest.webmanifest")).json()) as { icons: { src: string; sizes: string }[] };
  expect(manifest.icons).toHaveLength(3);
  for (const { src, sizes } of manifest.icons) {
    const png = new DataView(await (await ask(src)).arrayBuffer());
    expect(`${png.getUint32(16)}x${png.getUint32(20)}`, src).toBe(sizes);
  }
  const page = await (await ask("/sign-in", { headers: { "accept-language": "he", cookie: "atrium_theme=system" } })).text();
  expect(page).toContain('<link rel="manifest" href="/manifest.webmanifest"/>');
  expect(page).toMatch(/<meta name="description" content="[א-ת][^"]+"/);
  expect(page.match(/<meta name="theme-color"/g)).toHaveLength(2);
  expect(page).toMatch(/<link rel="preload" as="font"[^>]* href="\/assets\/heebo-hebrew/);
  expect(await (await ask("/sign-in")).text()).not.toContain("heebo");
});

describe.each(doors)("asked through %s", (_, door) => {
  test("each file is what its name says, and no browser takes it for anything else", async () => {
    for (const path of files) {
      const { status, headers } = await door(path);
      expect(status, path).toBe(200);
      expect(headers.get("x-content-type-options"), path).toBe("nosniff");
      expect(headers.get("content-type"), path).toMatch(endings[path.split(".").at(-1) as keyof typeof endings]);
      expect(headers.get("content-security-policy"), path).toContain("default-src 'none'");
      expect(headers.get("cross-origin-resource-policy"), path).toBe("same-origin");
      expect(headers.get("referrer-policy"), path).toBe("same-origin");
      expect(headers.get("x-frame-options"), path).toBe("DENY");
      expect(headers.get("set-cookie"), path).toBeNull();
    }
  });

  test("what has its content's hash in its name is kept for a year, all else is asked for anew", async () => {
    for (const path of files) {
      const cache = (await door(path)).headers.get("cache-control");
      const isHashed = /^\/assets\/[\w.$-]+-[\w-]{8}\.\w+$/.test(path);
      expect([path, isHashed], "all of assets/ has a hash").toEqual([path, path.startsWith("/assets/")]);
      expect(cache, path).toBe(isHashed ? "public, max-age=31536000, immutable" : "public, max-age=0, must-revalidate");
    }
  });

  test("a file that did not change is not sent again", async () => {
    const path = files.find((name) => name.endsWith(".css")) ?? "";
    const etag = (await door(path)).headers.get("etag") ?? "";
    expect(etag).not.toBe("");
    const again = await door(path, { headers: { "if-none-match": etag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    expect(again.headers.get("cache-control")).toContain("immutable");
  });
});

test("a file that is not there is a 404 that nothing keeps: it may be there a moment later, when a deploy is through", async () => {
  for (const path of ["/assets/root-00000000.js", "/assets/", "/assets/%2e%2e/_headers", "/_headers"]) {
    for (const method of ["GET", "HEAD"]) {
      const { status, headers } = await ask(path, { method });
      expect([path, status, headers.get("x-content-type-options")]).toEqual([path, 404, "nosniff"]);
      expect(headers.get("cache-control"), path).toContain("no-store");
    }
  }
});
