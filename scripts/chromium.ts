import { execFileSync, spawnSync } from "node:child_process";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** The path of a Chromium on this machine: CHROMIUM, one that is installed, or one that apt can install; else null. */
export function findChromium({ install }: { install: boolean }): string | null {
  const found = process.env.CHROMIUM ?? names.map(which).find((path) => path !== null) ?? null;
  if (found || !install) return found;
  if (process.getuid?.() !== 0 || !which("apt-get")) return null;
  process.stderr.write("Installing Chromium with apt-get ...\n");
  const options = { stdio: "ignore" as const, env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  const updated = spawnSync("apt-get", ["update"], options).status === 0;
  const installed = updated && spawnSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], options).status === 0;
  return installed ? which("chromium") : null;
}

/** Without these Chromium looks for hosts of its own at every start. */
export const chromiumFlags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function which(name: string): string | null {
  try {
    return execFileSync("which", [name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim() || null;
  } catch {
    return null; // `which` says "not there" by its exit code
  }
}
