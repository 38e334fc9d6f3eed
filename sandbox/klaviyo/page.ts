import { decodeCursor } from "#sandbox/body.ts";
import type { Call } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import { klaviyoError } from "./error.ts";

/**
 * A JSON:API page. `max` with `usual` when the size may be chosen by `page[size]`, `fixed` where it may not. `include`: what is sent
 * beside these items of it.
 */
export function pageOf<T extends { id: string }>(
  call: Call,
  all: T[],
  size: { max: number; usual?: number } | { fixed: number },
  include?: (data: T[]) => object[],
): Response {
  const query = call.url.searchParams;
  const asked = query.get("page[size]");
  if (asked !== null && ("fixed" in size || !/^\d+$/.test(asked) || Number(asked) < 1 || Number(asked) > size.max)) {
    const detail = "fixed" in size ? "'page[size]' is not a valid field." : `Page size must be an integer between 1 and ${size.max}.`;
    return klaviyoError(400, "invalid", "Invalid input.", detail, undefined, { parameter: "page[size]" });
  }
  const count = "fixed" in size ? size.fixed : asked === null ? (size.usual ?? size.max) : Number(asked);
  const cursor = query.get("page[cursor]");
  const start = cursor === null ? 0 : all.findIndex(({ id }) => `next::id::${id}` === decodeCursor(cursor));
  if (start < 0)
    return klaviyoError(400, "invalid", "Invalid input.", "Invalid cursor provided.", undefined, { parameter: "page[cursor]" });
  const data = all.slice(start, start + count);
  const following = all[start + count];
  return json({
    data: data.map((item) => ({ ...item, links: { self: `${call.url.origin}${call.url.pathname}/${item.id}` } })),
    ...(include && { included: include(data) }),
    links: { self: call.url.href, next: following ? pageUrl(call.url, following.id) : null, prev: null },
  });
}

function pageUrl(url: URL, id: string): string {
  const next = new URL(url);
  next.searchParams.set("page[cursor]", btoa(`next::id::${id}`));
  return next.href;
}
