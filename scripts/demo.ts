import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { checkDemo } from "./demo/check.ts";
import { admin, clients, secondAdmin } from "./demo/people.ts";
import { type Demo, startDemo } from "./demo/start.ts";

const { values } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    reset: { type: "boolean", default: false },
    port: { type: "string", default: "8787" },
  },
});

await (values.check ? check() : show());

/** Without a person: free ports, data of its own, one JSON object as the last line. */
async function check(): Promise<void> {
  const startedAt = Date.now();
  const dataDir = await mkdtemp(join(tmpdir(), "atrium-check-"));
  const lines: string[] = [];
  let demo: Demo | undefined;
  try {
    demo = await startDemo({ port: 0, dataDir, onLine: (line) => void lines.push(line) });
    process.stdout.write(`${JSON.stringify(await checkDemo(demo, startedAt))}\n`);
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(
      `${lines
        .filter((line) => line.includes('"level":"error"'))
        .slice(-5)
        .join("\n")}\n`,
    );
    process.stdout.write(`${JSON.stringify({ ok: false, error: error instanceof Error ? error.message : String(error) })}\n`);
  } finally {
    await demo?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function show(): Promise<void> {
  const dataDir = resolve(".atrium/demo");
  if (values.reset) await rm(dataDir, { recursive: true, force: true });
  await mkdir(dataDir, { recursive: true });
  const logFile = createWriteStream(join(dataDir, "worker.log"), { flags: "a" });
  const demo = await startDemo({
    port: Number(values.port),
    dataDir,
    onLine: (line) => {
      logFile.write(`${line}\n`);
      const mail = mailOf(line);
      if (mail) process.stdout.write(`\n  Mail to ${mail.to}: ${mail.link}\n`);
    },
  });
  process.stdout.write(welcome(demo));
  // Every minute, as the Cron Trigger does on the edge; once now, so that the first runs need no patience.
  const fire = () => demo.server.tick().catch((error: unknown) => process.stderr.write(`the cron could not be fired: ${String(error)}\n`));
  void fire();
  const cron = setInterval(fire, 60_000);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, async () => {
      clearInterval(cron);
      process.stdout.write("\nStopping ...\n");
      await demo.stop();
      process.exit(0);
    });
  }
}

/** A mail that the `log` transport printed: where it goes and the link in it. */
function mailOf(line: string): { to: string; link: string } | null {
  const found = line.match(/"to":"([^"]+)".*?"link":"([^"]+)"/);
  return found?.[1] && found[2] ? { to: found[1], link: found[2] } : null;
}

function welcome(demo: Demo): string {
  return `
  Atrium        ${demo.origin}
  Mail          ${demo.origin}/dev/outbox   (the sign-in links are there, and below)
  Sandbox       ${demo.sandbox}   (stands in for Shopify, Klaviyo and Google)
  Worker's log  .atrium/demo/worker.log

  1. Open ${demo.origin}/sign-in and sign in as a client:
${clients
  .map(
    ({ owner, name, shop, accounts: { klaviyo, google } }) =>
      `       ${owner.padEnd(22)} ${name}: shop ${shop}, Klaviyo ${klaviyo}, Google ${google}`,
  )
  .join("\n")}
  2. Open the link from the mail, then Integrations: connect Shopify, Klaviyo and Google, each with the account above
     (the sandbox's consent pages offer them all; other accounts work too).
  3. The cron fires every minute: Overview fills with metrics, Syncs shows each result.
  4. In another browser profile sign in as ${admin}: all clients, every run
     (${secondAdmin} is the second one, whom some things need).

  Ctrl-C stops all of it. The data stays; \`npm run demo -- --reset\` starts over.
`;
}
