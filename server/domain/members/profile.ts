import { and, eq, isNull } from "drizzle-orm";
import { users } from "#db/schema/index.ts";
import { type Ctx, requireUser } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import type { Profile } from "#server/domain/sessions/schemas.ts";

/** How the person is called, and in which language and timezone they read. */
export async function updateProfile(ctx: Ctx, profile: Profile): Promise<void> {
  const { userId } = requireUser(ctx);
  await commit(ctx, "user.updated", { user: userId }, [ctx.directory.update(users).set(profile).where(eq(users.id, userId))]);
}

/** The profile of the first sign-in; from now on sign-ins land on the overview. */
export async function completeOnboarding(ctx: Ctx, profile: Profile): Promise<void> {
  const { userId } = requireUser(ctx);
  await commit(ctx, "user.onboarded", { user: userId }, [
    ctx.directory.update(users).set(profile).where(eq(users.id, userId)),
    ctx.directory
      .update(users)
      .set({ onboardedAt: ctx.now() })
      .where(and(eq(users.id, userId), isNull(users.onboardedAt))),
  ]);
}
