import type { ActionFunctionArgs, AppLoadContext, EntryContext, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { isRouteErrorResponse, RemixServer } from "@remix-run/react";
import { renderToString } from "react-dom/server";
import { translatorOf } from "./i18n/translator.server.ts";
import { WordsProvider } from "./i18n/words.tsx";
import { RenderContextProvider } from "./render-context.ts";

/**
 * Answers a page whole. No page of ours waits for anything once its loaders are done, and React's stream, which encodes each
 * attribute by itself, takes twice the time of its string.
 */
export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  { serverHandoffStream, ...remixContext }: EntryContext,
  { nonce, requestId, locale, theme }: AppLoadContext,
): Promise<Response> {
  const html = renderToString(
    <RenderContextProvider value={{ nonce, requestId, locale, theme }}>
      <WordsProvider translator={translatorOf(locale)}>
        <RemixServer context={remixContext} url={request.url} nonce={nonce} />
      </WordsProvider>
    </RenderContextProvider>,
  );
  const data = serverHandoffStream && remixContext.renderMeta?.didRenderScripts ? await new Response(serverHandoffStream).text() : null;
  headers.set("Content-Type", "text/html; charset=utf-8");
  return new Response(`<!DOCTYPE html>${data === null ? html : withData(html, data, nonce)}`, { status, headers });
}

const END = "</body></html>";

/**
 * The loaders' data as `RemixServer` would stream it, for scripts that find `window.__remixContext` when they run. It stands as the JSON
 * that it is, and not once more encoded as a script's string: nothing in it can end its element when no `<` is left, and JSON has them
 * in its texts alone.
 */
function withData(html: string, data: string, nonce: string): string {
  if (!html.endsWith(END)) throw new Error("The page does not end as a document does.");
  const sent = `<script type="application/json">${data.replaceAll("<", "\\u003c")}</script>`;
  const stream = "window.__remixContext.streamController";
  const script = `${stream}.enqueue(document.currentScript.previousElementSibling.textContent);${stream}.close();`;
  return `${html.slice(0, -END.length)}${sent}<script nonce="${nonce}">${script}</script>${END}`;
}

/** What a loader, an action or a page threw without meaning to. Thrown responses (404, 403) do not come here. */
export function handleError(error: unknown, { request, context }: LoaderFunctionArgs | ActionFunctionArgs) {
  // The router says by an error response that no route has this address; that is no failure.
  if (!request.signal.aborted && !isRouteErrorResponse(error)) context.failed(error);
}
