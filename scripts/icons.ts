import { readFile, writeFile } from "node:fs/promises";
import { chromium } from "playwright-core";
import { chromiumFlags, findChromium } from "./chromium.ts";

/**
 * Makes the icons of public/ from app/favicon.svg, for phones, which take no SVG. Where the system cuts the shape out itself the ground
 * fills the square and the arch stands within its safe circle.
 */
const icons = [
  { file: "icon-192.png", size: 192, cut: false, scale: 1 },
  { file: "icon-512.png", size: 512, cut: false, scale: 1 },
  { file: "icon-maskable-512.png", size: 512, cut: true, scale: 0.78 },
  { file: "apple-touch-icon.png", size: 180, cut: true, scale: 0.86 },
] as const;

const executablePath = findChromium({ install: true });
if (!executablePath) throw new Error("There is no Chromium here; CHROMIUM names one.");
const drawing = await readFile("app/favicon.svg", "utf8");
const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
const page = await browser.newPage();
for (const { file, size, cut, scale } of icons) {
  const svg = drawing
    .replace('rx="8"', cut ? 'rx="0"' : 'rx="8"')
    .replace(/(<path.*)<\/svg>/, `<g transform="translate(16 16) scale(${scale}) translate(-16 -16)">$1</g></svg>`);
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px}</style>${svg}`);
  await writeFile(`public/${file}`, await page.screenshot({ omitBackground: true }));
}
await browser.close();
