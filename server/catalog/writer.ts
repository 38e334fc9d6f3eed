import type { z } from "zod";
import { ofCall, ProviderError } from "#server/errors.ts";
import type { Destination } from "./account.ts";
import type { Failure } from "./provider.ts";

/** What a write carries, one of these: JSON, a form, parts of a form with files, or text and bytes as they are. */
type Carried =
  | { body?: unknown; form?: undefined; multipart?: undefined; raw?: undefined }
  /** `application/x-www-form-urlencoded`; a list is its name once for each of it. */
  | { form: Readonly<Record<string, string | readonly string[]>>; body?: undefined; multipart?: undefined; raw?: undefined }
  | { multipart: FormData; body?: undefined; form?: undefined; raw?: undefined }
  /** For what `JSON.stringify` would not keep (a number above 2^53), for a message or a file that is the whole body. */
  | { raw: { type: string; content: string | Uint8Array<ArrayBuffer> }; body?: undefined; form?: undefined; multipart?: undefined };

/** A call that changes something. An idempotency key goes where its provider wants it: in `headers`, or in what is carried. */
export type Write = Destination & {
  method: "POST" | "PUT" | "PATCH" | "DELETE";
  /**
   * That the provider itself does it once however often it is asked, with the same answer: it honours the key that this write carries,
   * or the write sets what it names (an upsert, tags that are added). Only then is it repeated after silence or a 5xx. What is merely
   * refused the second time (a unique number, a unique code) is not repeatable: the refusal would hide that the first went well.
   */
  repeatable?: boolean;
} & Carried;

/** A 2xx. Of another shape than the schema's it was done all the same: `unexpected` says what did not fit. An empty reply is null. */
export type Done<T> = { outcome: "done"; status: number; headers: Headers /** As it came, for numbers above 2^53. */; text: string } & (
  | { body: T; unexpected: null }
  | { body: null; unexpected: readonly string[] }
);

/** What became of a write. */
export type Outcome<T> =
  | Done<T>
  /**
   * The provider understood, refused, and changed nothing. `failure.kind` says what would help (`revoked`: a new sign-in), `body` what
   * it said (the id of what is there already).
   */
  | { outcome: "refused"; failure: Failure; status: number; body: unknown }
  /** It was not acted on, and would be later; seconds where the provider said when. */
  | { outcome: "limited"; retryAfterS: number | undefined }
  /** Nothing that could be acted on left us: no token was to be had, the address is none of the provider's, the time was up before. */
  | { outcome: "not_sent"; failure: Failure }
  /**
   * It left us, and whether it was done nobody said: no reply, half a reply, a 5xx, a redirect. To be looked up before anything else.
   * `status` is null where none came.
   */
  | { outcome: "ambiguous"; reason: string; status: number | null };

/**
 * Acts at a provider with an account's access: what an action is handed, and nothing that reads. Already authorised; a short limit is
 * waited for, and a token that is refused is renewed and used once more, since neither was acted on. Anything else is sent once,
 * unless it is `repeatable`.
 */
export interface Writer {
  readonly provider: string;
  readonly connectionId: string;
  /**
   * Sends one write and says what became of it. What a provider does is never thrown: what is thrown is a fault of ours, and then the
   * write was not acted on.
   */
  send<S extends z.ZodType>(write: Write, schema: S): Promise<Outcome<z.output<S>>>;
}

const misshapen = (provider: string, faults: string) =>
  new ProviderError(provider, "unavailable", `a reply of another shape (${faults})`, { said: ofCall("reply_misshapen", { faults }) });

/** What a write was answered, for whom every other outcome is a failure: throws it as a `ProviderError`. */
export function bodyOf<T>(provider: string, outcome: Outcome<T>): T {
  switch (outcome.outcome) {
    case "done":
      if (outcome.unexpected === null) return outcome.body;
      throw misshapen(provider, outcome.unexpected.join("; "));
    case "refused":
    case "not_sent":
      throw new ProviderError(provider, outcome.failure.kind, outcome.failure.message, outcome.failure);
    case "limited":
      throw new ProviderError(provider, "rate_limited", "rate limit", outcome);
    case "ambiguous":
      throw new ProviderError(provider, "unavailable", outcome.reason);
    default:
      return outcome satisfies never;
  }
}
