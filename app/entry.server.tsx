import type { ActionFunctionArgs, AppLoadContext, EntryContext, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { isRouteErrorResponse, RemixServer } from "@remix-run/react";
import { isbot } from "isbot";
import { renderToReadableStream } from "react-dom/server";
import { I18nextProvider } from "react-i18next";
import { CATALOGUES } from "./i18n/catalogues.server.ts";
import { createTranslator } from "./i18n/instance.ts";
import { RenderContextProvider } from "./render-context.ts";

const ABORT_AFTER_MS = 5_000;

/** Streams a page; crawlers get it whole. */
export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  { nonce, requestId, locale, theme }: AppLoadContext,
): Promise<Response> {
  let responseStatus = status;
  let shellSent = false;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ABORT_AFTER_MS + 1_000);
  const body = await renderToReadableStream(
    <RenderContextProvider value={{ nonce, requestId, locale, theme }}>
      <I18nextProvider i18n={createTranslator(locale, CATALOGUES[locale])}>
        <RemixServer context={remixContext} url={request.url} abortDelay={ABORT_AFTER_MS} nonce={nonce} />
      </I18nextProvider>
    </RenderContextProvider>,
    {
      nonce,
      signal: abort.signal,
      onError(error: unknown) {
        responseStatus = 500;
        // Before the shell is out the error is thrown, and the one who called logs it.
        if (shellSent && !request.signal.aborted) logPageError(error, { requestId, url: request.url });
      },
    },
  );
  shellSent = true;
  body.allReady.then(
    () => clearTimeout(timer),
    () => clearTimeout(timer),
  );
  if (isbot(request.headers.get("user-agent"))) await body.allReady;
  headers.set("Content-Type", "text/html; charset=utf-8");
  return new Response(body, { status: responseStatus, headers });
}

/** What a loader, an action or a page threw without meaning to. Thrown responses (404, 403) do not come here. */
export function handleError(error: unknown, { request, context }: LoaderFunctionArgs | ActionFunctionArgs) {
  // The router says by an error response that no route has this address; that is no failure.
  if (!request.signal.aborted && !isRouteErrorResponse(error)) logPageError(error, { requestId: context.requestId, url: request.url });
}

function logPageError(error: unknown, { requestId, url }: { requestId: string; url: string }) {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  // Links that we mail carry a token of 43 characters in their path.
  const path = new URL(url).pathname.replace(/[\w-]{43,}/g, "[token]");
  console.error(JSON.stringify({ level: "error", event: "page.failed", requestId, path, message, stack }));
}
