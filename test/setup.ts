import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { TestEnv } from "./harness.ts";

const { DB, TEST_MIGRATIONS } = env as TestEnv;
await applyD1Migrations(DB, TEST_MIGRATIONS);
