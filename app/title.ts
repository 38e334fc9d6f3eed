import type { MetaFunction } from "@remix-run/cloudflare";
import { isRouteErrorResponse } from "@remix-run/react";

/** A document's title, the most particular part first. */
export const titleOf = (...parts: readonly string[]): string => [...parts, "Atrium"].join(" · ");

/**
 * The `meta` of a page whose loader answers a `title` in the reader's language, and a `description` where the page is public; of a page
 * inside which something went wrong, what was thrown may name a title.
 */
export const titleMeta: MetaFunction<() => Promise<{ title: string; description?: string }>> = ({ data, error }) => [
  { title: titleOfError(error) ?? data?.title ?? "Atrium" },
  ...(data?.description ? [{ name: "description", content: data.description }] : []),
];

/** The title that was thrown with a response. */
export function titleOfError(error: unknown): string | undefined {
  const thrown: unknown = isRouteErrorResponse(error) ? error.data : null;
  return typeof thrown === "object" && thrown !== null && "title" in thrown && typeof thrown.title === "string" ? thrown.title : undefined;
}
