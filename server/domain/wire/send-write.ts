import type { z } from "zod";
import type { Failure, Reply } from "#server/catalog/provider.ts";
import type { Done, Outcome, Write } from "#server/catalog/writer.ts";
import type { Ctx } from "#server/ctx.ts";
import { ofCall, ProviderError } from "#server/errors.ts";
import type { ApiAccess } from "./api-access.ts";
import { issuesOf } from "./call-api.ts";
import { tellable } from "./failed-call.ts";
import type { ProviderRequest, WholeReply } from "./send-request.ts";
import { type Tried, tryCall } from "./try-call.ts";

/** A write whose reply nobody waits for any more must be looked up: longer than a read's reply is waited for. */
const writeTimeoutMs = 25_000;

/**
 * Sends one write, and says what became of it. Sent again is what the provider did not act on (a short limit), and what is
 * `repeatable`. What it throws is a fault of ours, from before anything was sent.
 */
export async function sendWrite<S extends z.ZodType>(ctx: Ctx, access: ApiAccess, write: Write, schema: S): Promise<Outcome<z.output<S>>> {
  const { provider } = access;
  const { body, type } = bodyOf(write);
  // Whoever's time is up has nothing sent in their name.
  if (access.signal?.aborted)
    return { outcome: "not_sent", failure: { kind: "unavailable", message: "the time was up before", said: ofCall("time_up") } };
  try {
    const tried = await tryCall(ctx, access, {
      destination: write,
      request: {
        method: write.method,
        headers: { ...(type !== undefined && { "content-type": type }), ...write.headers },
        timeoutMs: writeTimeoutMs,
        ...(body !== undefined && { body }),
      },
      failureOf: (reply) => (isOk(reply) && provider.acted?.(reply) ? null : provider.failureOf(reply)),
      mayRepeat: ({ kind }) => kind === "rate_limited" || (kind === "unavailable" && write.repeatable === true),
    });
    return tried.failure ? undone(ctx, access, tried, tried.failure) : done(ctx, access, { write, reply: tried.reply, schema });
  } catch (error) {
    return notSent(error);
  }
}

/** A `ProviderError` from before anything was sent, as an outcome; what else it is, is thrown. */
export function notSent(error: unknown): Extract<Outcome<never>, { outcome: "not_sent" }> {
  if (!(error instanceof ProviderError)) throw error;
  const { kind, message, retryAfterS, scopes, said } = error;
  return {
    outcome: "not_sent",
    failure: { kind, message, scopes: [...scopes], ...(retryAfterS !== undefined && { retryAfterS }), ...(said && { said }) },
  };
}

const isOk = ({ status }: Reply): boolean => status >= 200 && status < 300;

function bodyOf({ body, form, multipart, raw }: Write): { body?: NonNullable<ProviderRequest["body"]>; type?: string } {
  if (form) {
    const fields = Object.entries(form).flatMap(([name, values]) => [values].flat().map((value) => [name, value] as [string, string]));
    return { body: new URLSearchParams(fields).toString(), type: "application/x-www-form-urlencoded" };
  }
  // Its type names the boundary, which is chosen as it is sent.
  if (multipart) return { body: multipart };
  if (raw) return { body: raw.content, type: raw.type };
  return body === undefined ? {} : { body: JSON.stringify(body), type: "application/json" };
}

function done<S extends z.ZodType>(
  ctx: Ctx,
  { provider }: ApiAccess,
  { write, reply, schema }: { write: Write; reply: WholeReply; schema: S },
): Done<z.output<S>> {
  const { status, headers, text } = reply;
  const { body, unexpected } = readBy(ctx, schema, reply.body);
  if (unexpected === null) return { outcome: "done", status, headers, text, body, unexpected };
  ctx.log.warn("a write was done and answered in another shape", { provider: provider.id, method: write.method, status, unexpected });
  return { outcome: "done", status, headers, text, body: null, unexpected };
}

/** A schema whose own code throws does not undo the write: only what it answered stays unread. */
function readBy<S extends z.ZodType>(
  ctx: Ctx,
  schema: S,
  body: unknown,
): { body: z.output<S>; unexpected: null } | { body: null; unexpected: string[] } {
  try {
    const answer = schema.safeParse(body);
    return answer.success ? { body: answer.data, unexpected: null } : { body: null, unexpected: issuesOf(answer.error) };
  } catch (error) {
    ctx.log.error("the schema of a write's reply threw", { error });
    return { body: null, unexpected: [error instanceof Error ? error.name : "error"] };
  }
}

function undone(
  ctx: Ctx,
  { provider }: ApiAccess,
  { reply, doubtful }: Tried,
  failed: Failure,
): Extract<Outcome<never>, { outcome: "ambiguous" | "limited" | "refused" }> {
  const failure = tellable(ctx, provider, failed);
  const limited = failure.kind === "rate_limited";
  // A repeat that is refused says nothing of the try before it, which may have been acted on; nor does a 5xx, whatever its words.
  if (doubtful || failure.kind === "unavailable" || (reply.status >= 500 && !limited)) {
    return { outcome: "ambiguous", reason: failure.message, status: reply.status || null };
  }
  if (limited) return { outcome: "limited", retryAfterS: failure.retryAfterS };
  return { outcome: "refused", failure, status: reply.status, body: reply.body };
}
