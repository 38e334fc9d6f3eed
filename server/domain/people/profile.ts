import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { differs } from "#db/differs.ts";
import { users } from "#db/schema/index.ts";
import { type Ctx, requireUser } from "#server/ctx.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";
import type { Language, Profile } from "./schemas.ts";

/** How the person is called, and in which language and timezone they read, or one of these. What is so already is not written again. */
export async function updateProfile(ctx: Ctx, profile: Profile | Language): Promise<void> {
  const { userId } = requireUser(ctx);
  const changed = and(eq(users.id, userId), differs(users, profile));
  await commitIf(ctx, somebody(changed), "user.updated", { user: userId }, [ctx.directory.update(users).set(profile).where(changed)]);
}

/** The profile of the first sign-in; from now on sign-ins land on the overview. Once: later it is changed as any other. */
export async function completeOnboarding(ctx: Ctx, profile: Profile): Promise<void> {
  const { userId } = requireUser(ctx);
  const first = and(eq(users.id, userId), isNull(users.onboardedAt));
  await commitIf(ctx, somebody(first), "user.onboarded", { user: userId }, [
    ctx.directory
      .update(users)
      .set({ ...profile, onboardedAt: ctx.now() })
      .where(first),
  ]);
  await updateProfile(ctx, profile);
}

const somebody = (condition: SQL | undefined) => sql`exists (select 1 from ${users} where ${condition})`;
