import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";

/** The secrets of a local Atrium: made once, kept beside its data, so that a second start can still open it. */
export async function localVariables(dataDir: string): Promise<Record<string, string>> {
  const file = resolve(dataDir, "secrets.json");
  const kept = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  const secrets: Record<string, string> = kept ? JSON.parse(kept) : { VAULT_KEYS: `local1:${newKey()}`, SIGNING_KEY: newKey() };
  if (!kept) {
    await mkdir(dataDir, { recursive: true });
    await writeFile(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  }
  return { ENVIRONMENT: "development", MAIL_TRANSPORT: "log", MAIL_FROM: "Atrium <portal@localhost>", ...secrets };
}

const newKey = () => randomBytes(32).toString("base64");
