import { and, asc, eq, isNull } from "drizzle-orm";
import { connections, notices } from "#db/schema/index.ts";
import type { NoticeKind } from "#db/words/notices.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import type { Ctx } from "#server/ctx.ts";
import { homeOf } from "#server/domain/notices/home-of.ts";
import { listMembersWho, listStaff, type Reader, rightToKnow } from "#server/domain/notices/list-readers.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import type { Permission } from "#server/domain/tenancy/permissions.ts";
import { ifFound } from "#server/errors.ts";
import type { MailOf } from "#server/messages.ts";
import { deliver } from "./deliver.ts";
import { digestLetter } from "./write-letter.ts";

/**
 * What one person was told since the last one, in one letter: of one client, or as an admin of the agency. What is mended or read by now
 * stands in it no more, and a letter without anything is not sent, nor one to who may not know it any more, notice by notice.
 */
export async function mailDigest(ctx: Ctx, message: MailOf<"mail.digest">): Promise<void> {
  const { tenant: id, at, person } = message;
  const tenant = id === "" ? null : await ifFound(findTenant(ctx, id));
  if (id !== "" && !tenant) return;
  const told = await (await homeOf(ctx, id))
    .select({ kind: notices.kind, params: notices.params, provider: connections.provider })
    .from(notices)
    .leftJoin(connections, and(eq(connections.id, notices.subject), eq(connections.tenantId, notices.tenantId)))
    .where(
      and(
        eq(notices.tenantId, id),
        eq(notices.userId, person),
        eq(notices.digestAt, at),
        isNull(notices.resolvedAt),
        isNull(notices.readAt),
      ),
    )
    .orderBy(asc(notices.id));
  const readers = new Map<Permission | "staff", Reader | undefined>();
  const rightOf = (kind: NoticeKind) => (tenant ? rightToKnow(kind) : "staff");
  for (const right of new Set(told.map(({ kind }) => rightOf(kind)))) {
    const people = tenant && right !== "staff" ? await listMembersWho({ ...ctx, tenant }, right) : await listStaff(ctx);
    readers.set(
      right,
      people.find((each) => each.id === person),
    );
  }
  const rows = told.filter(({ kind }) => readers.get(rightOf(kind)));
  const [reader] = [...readers.values()].filter((each) => each !== undefined);
  if (!reader) return;
  const items = rows.map(({ kind, params, provider }) => ({ kind, params, provider: providerName(provider ?? params.provider ?? "") }));
  const home = tenant ? `/t/${tenant.id}` : "/admin";
  const letter = digestLetter({
    locale: reader.locale,
    name: reader.name,
    tenant: tenant?.name ?? null,
    timeZone: tenant?.timezone ?? reader.timezone,
    items,
    url: `${ctx.config.APP_ORIGIN}${home}/notices`,
  });
  await deliver(ctx, message, { id: `digest-${id}-${at}-${person}`, to: reader.email, locale: reader.locale, ...letter });
}
