import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { TestEnv } from "./harness.ts";
import { sandboxOrigin } from "./variables.ts";

// All files share one workerd, since a start of it costs seconds; each begins with empty databases and a sandbox that knows nobody.
const { DB, TEST_MIGRATIONS } = env as TestEnv;
await reset();
await applyD1Migrations(DB, TEST_MIGRATIONS);
const forgotten = await fetch(`${sandboxOrigin}/__sandbox/state`, { method: "DELETE" });
if (!forgotten.ok) throw new Error(`the sandbox did not begin anew: ${await forgotten.text()}`);
