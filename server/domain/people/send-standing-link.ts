import { and, inArray, isNotNull, lte, sql } from "drizzle-orm";
import { rowIf } from "#db/row-if.ts";
import { magicLinks, users } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { countTry } from "#server/domain/tenancy/take.ts";
import { hashCode, hashToken, linkCode, linkToken, maxCodeTries, standingLinkId } from "#server/domain/vault/sign-in-tokens.ts";
import { type DomainError, rateLimited } from "#server/errors.ts";

const paceMs = 3 * 3600_000;
const shortestMs = 15 * 60_000;
/** So many of them may be opened in one time: each that is opened makes room for the next. */
const mostUsed = 8;
const pageSize = 200;
/** A mail that is taken to be queued is left alone for this long. */
const takenMs = 10 * 60_000;

/**
 * The way in that nobody else's requests can use up. Once an address has had its mails of the day, or all unknown browsers together
 * theirs, a request still sends the address a link: one in three hours, and a next one once that was opened, good until the next may be
 * sent. So at any moment either a mail may go out, or the newest one in the mailbox works, in whatever browser it is opened (but for a
 * person who opened eight of them within the three hours); whoever attacks can only bring it forward, since it takes the mailbox to use it.
 *
 * OWASP's Authentication Cheat Sheet (Account Lockout) says why: a lock that anybody can turn is an attack itself, so the way through
 * the mailbox must stay open under it. A captcha would only make the attack dearer, and giving the limit back when a link is opened
 * would trust mail scanners. Three hours make eight mails a day beside the twelve, where nobody opens them.
 *
 * Of the request's own words nothing is kept but the address, and that only where a person has it: rows are bounded by the people
 * that there are. Whether there is one is not told: the same error comes of it, after one look and one batch that writes (a count that
 * is always rewritten). The mail goes out with the next tick of the cron (`mailStandingLinks`), so that no flood of requests fills the
 * queue in which other people's mails wait. There are no digits: they are for the browser that asked, and nobody knows which one that
 * was. Answers the `rate_limited` to throw, until the next may be sent.
 */
export async function sendStandingLink(ctx: Ctx, email: string): Promise<DomainError> {
  const now = ctx.now();
  const from = now - (now % paceMs);
  const ids = Array.from({ length: mostUsed }, (_, used) => standingLinkId(ctx.config, email, { from, used }));
  const known = await ctx.directory
    .select({ id: magicLinks.id, consumedAt: magicLinks.consumedAt })
    .from(magicLinks)
    .where(inArray(magicLinks.id, ids));
  const used = known.filter(({ consumedAt }) => consumedAt !== null).length;
  const id = ids[Math.min(used, mostUsed - 1)] ?? "";
  const person = sql`from ${users} where ${users.email} = ${email}`;
  const row = {
    id,
    tokenHash: hashToken(linkToken(ctx.config, "sign-in", id)),
    codeHash: hashCode(ctx.config, id, linkCode(ctx.config, id)),
    email,
    locale: sql`(select ${users.locale} ${person})`,
    codeTries: maxCodeTries,
    createdAt: now,
    expiresAt: Math.max(from + paceMs, now + shortestMs),
    mailDueAt: now,
  };
  await ctx.directory.batch([
    ctx.directory
      .insert(magicLinks)
      .select(rowIf(magicLinks, row, sql`exists (select 1 ${person})`))
      .onConflictDoNothing(),
    countTry(ctx, { key: "sign-in:standing", max: Number.MAX_SAFE_INTEGER, windowS: paceMs / 1000 }),
  ]);
  return rateLimited(Math.ceil((from + paceMs - now) / 1000));
}

/**
 * Queues the mails of standing links that are due, the oldest first. For the cron. Each is taken for some minutes before it is sent: two
 * ticks at once send it once; where the tick dies it is sent again after them, and one that the queue refuses keeps nobody
 * else's. Answers how many were queued.
 */
export async function mailStandingLinks(ctx: Ctx): Promise<number> {
  const now = ctx.now();
  const due = await ctx.directory
    .update(magicLinks)
    .set({ mailDueAt: now + takenMs })
    .where(
      inArray(
        magicLinks.id,
        ctx.directory
          .select({ id: magicLinks.id })
          .from(magicLinks)
          .where(and(isNotNull(magicLinks.mailDueAt), lte(magicLinks.mailDueAt, now)))
          .orderBy(magicLinks.mailDueAt)
          .limit(pageSize),
      ),
    )
    .returning({ id: magicLinks.id });
  const sent = await Promise.all(
    due.map(async ({ id }) => {
      try {
        await ctx.send.mail({ v: 1, type: "mail.sign_in", link: id });
        return [id];
      } catch (error) {
        ctx.log.error("the mail of a standing link was not queued", { link: id, error });
        return [];
      }
    }),
  );
  const queued = sent.flat();
  if (queued.length > 0)
    await ctx.directory
      .update(magicLinks)
      .set({ mailDueAt: null })
      .where(inArray(magicLinks.id, sql`(select value from json_each(${JSON.stringify(queued)}))`));
  return queued.length;
}
