import type { Ctx } from "#server/ctx.ts";
import { DomainError } from "#server/errors.ts";
import { openAtrium } from "./open-atrium.ts";

/**
 * Does a script's work on an Atrium and closes it. What a verb refuses is said in its words, behind the field that is at fault, and
 * the script ends with `refused`.
 */
export async function withAtrium(
  script: string,
  { remote, data, refused = 2 }: { remote: boolean; data: string; refused?: number },
  work: (ctx: Ctx) => Promise<void>,
): Promise<void> {
  const atrium = await openAtrium(script, { remote, dataDir: data });
  try {
    await work(atrium.ctx);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    process.stderr.write(`${error.field === undefined ? "" : `${error.field}: `}${error.message}\n`);
    process.exitCode = refused;
  } finally {
    await atrium.close();
  }
}
