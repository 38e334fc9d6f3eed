import type { MetaFunction } from "@remix-run/cloudflare";

/** A document's title, the most particular part first. */
export const titleOf = (...parts: readonly string[]): string => [...parts, "Atrium"].join(" · ");

/** The `meta` of a page whose loader answers a `title` in the reader's language. */
export const titleMeta: MetaFunction<() => Promise<{ title: string }>> = ({ data }) => [{ title: data?.title ?? "Atrium" }];
