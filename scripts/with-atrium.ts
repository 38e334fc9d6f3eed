import type { Ctx } from "#server/ctx.ts";
import { DomainError } from "#server/errors.ts";
import { describeError } from "#server/trpc/errors.ts";
import { inEnglish } from "#workers/in-english.ts";

/**
 * Does a script's work on an Atrium and closes it. What a verb refuses is said in its words, behind the field that is at fault, and
 * the script ends with `refused`.
 */
export async function withAtrium(
  script: string,
  { remote, data, refused = 2 }: { remote: boolean; data: string; refused?: number },
  work: (ctx: Ctx) => Promise<void>,
): Promise<void> {
  // Only now, since wrangler and Miniflare take seconds to load: a call that is refused says so at once.
  const { openAtrium } = await import("./open-atrium.ts");
  const atrium = await openAtrium(script, { remote, dataDir: data });
  try {
    await work(atrium.ctx);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    process.stderr.write(`${sayRefusal(error)}\n`);
    process.exitCode = refused;
  } finally {
    await atrium.close();
  }
}

/** What a verb refused, behind the field that is at fault. */
export function sayRefusal(error: DomainError): string {
  const { field, message } = inEnglish(describeError(error));
  return field === null ? message : `${field}: ${message}`;
}
