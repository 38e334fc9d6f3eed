import { retiredVersions } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { notify } from "#server/domain/notices/notify.ts";

/**
 * A provider answers a version of its API no more that we still speak: a deployment of ours mends it, and nothing else. The agency's
 * admins are told once of each version, however many clients run into it. What cannot be written down here keeps nobody's failure
 * from being told.
 */
export async function alarmOfRetired(ctx: Ctx, { provider, version }: { provider: string; version: string }): Promise<void> {
  try {
    const [first] = await ctx.directory
      .insert(retiredVersions)
      .values({ provider, version, noticedAt: ctx.now() })
      .onConflictDoNothing()
      .returning({ provider: retiredVersions.provider });
    if (!first) return;
    ctx.log.error("a provider retired the version of its API that we speak", { provider, version });
    await notify(ctx, { mail: { v: 1, type: "mail.version", provider, version }, event: "retired", params: { provider, version } });
  } catch (error) {
    ctx.log.error("a version that a provider retired could not be noted", { provider, version, error });
  }
}
