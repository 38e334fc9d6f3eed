import type { SQL } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import type { AuditAction } from "#db/words/audit.ts";
import { type Ctx, enterTenant, type Tenant } from "#server/ctx.ts";
import { afterCommit } from "#server/domain/audit/after-commit.ts";
import { lineBeside } from "#server/domain/audit/append.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";
import { linkLines } from "#server/domain/audit/link-lines.ts";

/**
 * A write about a loan and its line in the logs of both clients, in one batch at the directory, which no client's own bounds hold: it
 * names two. Only where `guard` holds as the batch begins. The lender's log says who borrows what; the borrower's names neither the lender
 * nor its connection.
 */
export async function commitBoth(
  ctx: Ctx,
  { borrower, lender, connection, guard, action, details }: Both,
  statements: readonly Statement[],
): Promise<unknown[]> {
  const { directory } = ctx;
  const at = (tenant: Tenant) => ({ ...enterTenant(ctx, tenant, "staff"), db: directory });
  const line = lineBeside(at(lender), directory, { action, details: { ...details, borrower: borrower.id, connection }, guard });
  const [, ...answers] = await commitIf(at(borrower), guard, action, details, [line, ...statements]);
  await afterCommit(ctx, "audit", () => linkLines(ctx, directory, lender.id));
  return answers;
}

interface Both {
  borrower: Tenant;
  lender: Tenant;
  /** The lender's, by its id. */
  connection: string;
  guard: SQL;
  action: AuditAction;
  /** What both may know. */
  details: Readonly<Record<string, unknown>>;
}
