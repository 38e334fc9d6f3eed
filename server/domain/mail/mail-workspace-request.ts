import { and, eq, isNull } from "drizzle-orm";
import { workspaceRequests } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { listStaff } from "#server/domain/notices/list-readers.ts";
import type { MailOf } from "#server/messages.ts";
import { deliver } from "./deliver.ts";
import { type HandOn, sendToEach } from "./send-to-each.ts";
import { workspaceRequestLetter } from "./write-letter.ts";

/** Tells the agency's admins who asks for a workspace, and where they decide. A request that waits no more needs no mail. */
export async function mailWorkspaceRequest(ctx: Ctx, message: MailOf<"mail.workspace_request">, handOn?: HandOn): Promise<void> {
  const [request] = await ctx.directory
    .select()
    .from(workspaceRequests)
    .where(and(eq(workspaceRequests.id, message.request), isNull(workspaceRequests.decision)));
  if (!request) return;
  const { id, email: asking, company } = request;
  const facts = { asking, company, url: `${ctx.config.APP_ORIGIN}/admin/requests` };
  await sendToEach(ctx, await listStaff(ctx), { message, handOn }, ({ id: person, email, name, locale }) =>
    deliver(ctx, message, { id: `${id}-${person}`, to: email, locale, ...workspaceRequestLetter({ ...facts, locale, name }) }),
  );
}
