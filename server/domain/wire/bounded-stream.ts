import type { RunSaying } from "#db/words/runs.ts";
import type { Provider } from "#server/catalog/provider.ts";
import { ofCall, ProviderError } from "#server/errors.ts";

/** Above any export that is read in the time of a run. */
const maxStreamBytes = 256 * 1024 * 1024;
/** A body of which nothing came for this long has broken off. */
const idleMs = 10_000;

export interface BoundedStream {
  stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Why it broke off, however its reader took that; null where it did not. */
  failure(): ProviderError | null;
  /** Lets go of what was not read. */
  close(): Promise<void>;
}

/**
 * A reply's body as it comes, which breaks off with `unavailable` where it is too long, falls silent, is cut, or when `signal` ends it:
 * then the connection is let go of, whether or not anybody still reads.
 */
export function boundedStream(provider: Provider, { body, status, headers }: Response, signal: AbortSignal | undefined): BoundedStream {
  const reader = body?.getReader();
  let failure: ProviderError | null = null;
  let size = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const close = async () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    // A body that broke off by itself has nothing left to let go of, and says so by refusing.
    await reader?.cancel().catch(() => undefined);
  };
  /** Ends it; a read that waits is answered by that. The first reason counts. */
  const breakOff = (message: string, said: RunSaying, cause?: unknown) => {
    failure ??= new ProviderError(provider.id, "unavailable", message, { said, answered: { status, headers }, cause });
    return close();
  };
  const onAbort = () => void breakOff("the time was up", ofCall("time_up"), signal?.reason);
  signal?.addEventListener("abort", onAbort);

  const next = async () => {
    timer = setTimeout(() => void breakOff("the reply fell silent", ofCall("reply_broke_off")), idleMs);
    try {
      const part = reader && !failure ? await reader.read() : undefined;
      size += part?.value?.byteLength ?? 0;
      if (size > maxStreamBytes) await breakOff("the reply is too long", ofCall("reply_too_long"));
      return part?.value;
    } catch (cause) {
      await breakOff("the reply broke off", ofCall("reply_broke_off"), cause);
    } finally {
      clearTimeout(timer);
    }
  };
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const part = await next();
        if (failure) controller.error(failure);
        else if (part) controller.enqueue(part);
        else controller.close();
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
  return { stream, failure: () => failure, close };
}
