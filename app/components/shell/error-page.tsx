import { isRouteErrorResponse, useLocation, useRouteError } from "@remix-run/react";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { CopyButton } from "#app/components/ui/copy-button.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { useHydrated } from "#app/components/ui/use-hydrated.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { useRenderContext } from "#app/render-context.ts";
import { Brand } from "./brand-mark.tsx";

const useWords = wordsOf("common");

const KINDS = { 401: "unauthorized", 403: "forbidden", 404: "notFound", 429: "tooMany" } as const;

function kindOf(status: number) {
  if (status in KINDS) return KINDS[status as keyof typeof KINDS];
  return status >= 500 ? "server" : "other";
}

/** The page for whatever went wrong, as an `ErrorBoundary` of what has no frame. */
export function ErrorPage() {
  return (
    <main id="content" className="grid min-h-dvh place-items-center p-4">
      <ErrorCard home="/" brand />
    </main>
  );
}

/** The same inside a portal's frame; `home` is its first page. */
export function ErrorInside({ home }: { home: string }) {
  return (
    <div className="grid place-items-center py-8 lg:py-16">
      <ErrorCard home={home} />
    </div>
  );
}

/** What happened and what to do, never the error's own words. A thrown response may give its request's id as `{ requestId }`. */
function ErrorCard({ home, brand = false }: { home: string; brand?: boolean }) {
  const error = useRouteError();
  const t = useWords();
  const location = useLocation();
  const render = useRenderContext();
  const status = isRouteErrorResponse(error) ? error.status : 500;
  const kind = kindOf(status);
  const hydrated = useHydrated();
  // An error of a later navigation has nothing to do with the request that the document came from.
  const [cameWithDocument] = useState(!hydrated);
  const requestId = requestIdOf(error) ?? (cameWithDocument ? render.requestId : undefined);
  return (
    <Card padding="lg" className="grid w-full max-w-md gap-6">
      {brand && (
        <Link to="/" className="w-fit rounded-sm">
          <Brand />
        </Link>
      )}
      <div>
        <p className="mb-3 flex items-center gap-2 font-mono text-sm text-ink-faint">
          <TriangleAlert aria-hidden className="size-4 text-magenta" />
          {status}
        </p>
        <h1 className="text-xl font-semibold">{t(`errors.${kind}Title`)}</h1>
        <p className="mt-2 text-sm text-ink-muted">{t(`errors.${kind}Body`)}</p>
      </div>
      {requestId && (
        <div className="rounded-control border border-line bg-sunken p-3">
          <p className="text-xs text-ink-faint">{t("errors.requestId")}</p>
          <div className="mt-1 flex flex-wrap items-center justify-between gap-2">
            <code className="min-w-0 font-mono text-[0.8125rem] break-all">{requestId}</code>
            <CopyButton value={requestId} />
          </div>
        </div>
      )}
      <div className="flex flex-wrap gap-2">
        <Button asChild variant="primary">
          {kind === "unauthorized" ? <Link to="/sign-in">{t("errors.signIn")}</Link> : <Link to={home}>{t("actions.home")}</Link>}
        </Button>
        {(kind === "server" || kind === "tooMany") && (
          <Button asChild>
            <Link to={location} reloadDocument>
              {t("actions.retry")}
            </Link>
          </Button>
        )}
      </div>
    </Card>
  );
}

function requestIdOf(error: unknown): string | undefined {
  if (!isRouteErrorResponse(error)) return undefined;
  const data: unknown = error.data;
  if (typeof data !== "object" || data === null || !("requestId" in data)) return undefined;
  return typeof data.requestId === "string" ? data.requestId : undefined;
}
