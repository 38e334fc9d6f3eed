import type { Ctx } from "#server/ctx.ts";
import { clientNames } from "#server/domain/tenancy/client-names.ts";
import type { Matching } from "./schemas.ts";

/** What is meant, counted by client and job; `more` says that not all of it is there. */
export async function matchingOf(
  ctx: Ctx,
  meant: readonly { id: string; tenantId: string | null; job: string | null }[],
  more: boolean,
): Promise<Matching> {
  const groups = new Map<string, { tenantId: string | null; job: string | null; count: number }>();
  for (const { tenantId, job } of meant) {
    const key = JSON.stringify([tenantId, job]);
    groups.set(key, { tenantId, job, count: (groups.get(key)?.count ?? 0) + 1 });
  }
  const nameOf = await clientNames(
    ctx,
    meant.map(({ tenantId }) => tenantId),
  );
  return {
    found: meant.length,
    more,
    // Ids sort by time.
    until: meant.reduce<string | null>((newest, { id }) => (newest === null || id > newest ? id : newest), null),
    groups: [...groups.values()]
      .map((group) => ({ ...group, tenantName: nameOf.get(group.tenantId ?? "") ?? null }))
      .sort((a, b) => b.count - a.count || (a.tenantName ?? "").localeCompare(b.tenantName ?? "", "en")),
  };
}
