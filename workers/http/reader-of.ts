/**
 * What reads the answer: a browser that shows it as a page, a program, or null where nothing tells. `Accept` says so first, since every
 * browser names HTML for a page and hardly a program does; then `Sec-Fetch-Mode`, which no script can set.
 */
export function readerOf({ headers }: Request): "browser" | "program" | null {
  const accept = (headers.get("accept") ?? "").toLowerCase();
  if (accept.includes("text/html") || accept.includes("application/xhtml+xml")) return "browser";
  if (accept.includes("json")) return "program";
  const mode = headers.get("sec-fetch-mode");
  return mode === null ? null : mode === "navigate" ? "browser" : "program";
}
