/** The value of a JSON text; undefined when it is none, which the shape check that follows refuses. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields of a form or JSON body, or of a GET's query; none when it cannot be read, so that the check of the client refuses it. */
export function bodyFields({ request, url, body }: { request: Request; url: URL; body: string }): URLSearchParams {
  if (request.method === "GET") return url.searchParams;
  if (!(request.headers.get("content-type") ?? "").includes("json")) return new URLSearchParams(body);
  const fields = new URLSearchParams();
  const parsed = readJson(body);
  if (typeof parsed === "object" && parsed !== null) {
    for (const [name, value] of Object.entries(parsed)) if (value !== null && value !== undefined) fields.set(name, String(value));
  }
  return fields;
}

/** The text behind a base64 cursor; empty when it is none. */
export function decodeCursor(cursor: string): string {
  try {
    return atob(cursor);
  } catch {
    return "";
  }
}
