import { TRPCError } from "@trpc/server";
import { desc, eq } from "drizzle-orm";
import { Hono } from "hono";
import { html, raw } from "hono/html";
import { devMails } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { linkIn } from "#server/domain/mail/log-transport.ts";
import type { HttpEnv } from "#workers/http-env.ts";

const shown = 50;

/** What the `log` transport "sent", for development: sign-in links stand here in clear. Elsewhere there is no such page. */
export const devOutbox = new Hono<HttpEnv>();

devOutbox.use("/dev/outbox/*", async (c, next) => {
  const { ENVIRONMENT, MAIL_TRANSPORT } = c.get("ctx").config;
  if (ENVIRONMENT === "production" || MAIL_TRANSPORT !== "log") throw new TRPCError({ code: "NOT_FOUND" });
  await next();
});

devOutbox.get("/dev/outbox", async (c) => {
  const mails = await listMails(c.get("ctx"));
  if (c.req.query("format") === "json") return c.json({ mails });
  return c.html(page(mails, c.get("nonce")));
});

/** One mail as a mail program would draw it. */
devOutbox.get("/dev/outbox/:id", async (c) => {
  const [mail] = await c
    .get("ctx")
    .directory.select({ html: devMails.html })
    .from(devMails)
    .where(eq(devMails.id, c.req.param("id")));
  if (!mail) throw new TRPCError({ code: "NOT_FOUND" });
  return c.html(mail.html);
});

/** The newest first. `link` is what the mail asks to open, `code` the digits of a sign-in. */
async function listMails(ctx: Ctx) {
  const rows = await ctx.directory.select().from(devMails).orderBy(desc(devMails.at), desc(devMails.id)).limit(shown);
  return rows.map(({ id, at, recipient, subject, text }) => ({
    id,
    at: new Date(at).toISOString(),
    to: recipient,
    subject,
    link: linkIn(text),
    code: /^\d{6}$/m.exec(text)?.[0] ?? null,
    text,
  }));
}

const styles = `
  :root { color-scheme: dark; }
  body { margin: 0 auto; max-width: 46rem; padding: 2rem 1rem; background: #0a0d14; color: #e6eaf2; font: 1rem/1.5 system-ui, sans-serif; }
  a { color: #6ff; } ul { list-style: none; padding: 0; }
  li { border: 1px solid #2a3142; border-radius: 0.75rem; margin: 1rem 0; padding: 1rem 1.25rem; }
  h2 { font-size: 1rem; margin: 0 0 0.25rem; } .facts { color: #9aa5b8; margin: 0 0 0.75rem; } .link { overflow-wrap: anywhere; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
`;

const page = (mails: Awaited<ReturnType<typeof listMails>>, nonce: string) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Outbox</title>
    <style nonce="${nonce}">${raw(styles)}</style>
  </head>
  <body>
    <main>
      <h1>Outbox</h1>
      <p>Mails that this development server would have sent, the newest first. Load the page again to see new ones.</p>
      ${mails.length === 0 ? html`<p>There are none yet. Ask for a link at <a href="/sign-in">/sign-in</a>.</p>` : ""}
      <ul>
        ${mails.map(
          (mail) => html`<li>
            <h2 dir="auto">${mail.subject}</h2>
            <p class="facts">to ${mail.to}, ${mail.at}, <a href="/dev/outbox/${mail.id}">as it looks</a></p>
            ${mail.link === null ? "" : html`<p class="link"><a href="${mail.link}">${mail.link}</a></p>`}
            ${mail.code === null ? "" : html`<p>Code: <strong>${mail.code}</strong></p>`}
            <details><summary>Text</summary><pre dir="auto">${mail.text}</pre></details>
          </li>`,
        )}
      </ul>
    </main>
  </body>
</html>`;
