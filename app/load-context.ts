import type { OutwardError } from "#server/trpc/errors.ts";
import type { OpenApiDocument } from "#server/trpc/openapi-document.ts";
import type { Caller } from "#server/trpc/root.ts";
import type { Theme } from "./theme.ts";

export interface Flash {
  kind: "success" | "error" | "info";
  message: string;
}

/** What the Worker hands to every loader and action. */
export interface Atrium {
  /** The procedures, in-process, as the person who asks. */
  api: Caller;
  /** Who asks, or null; for redirects to sign-in before any procedure is called. */
  me: { id: string; name: string; email: string; staff: boolean; onboarded: boolean } | null;
  nonce: string;
  requestId: string;
  locale: "en" | "fr" | "he";
  theme: Theme;
  /** The waiting message, for the root of the page that shows it; then it is gone. */
  takeFlash(): Flash | null;
  /** Shows a message on the next page that this browser opens. */
  toast(flash: Flash): void;
  /** What may be told of an error that `api` threw; see form-errors.ts. */
  describe(error: unknown): OutwardError;
  /** Logs what a page threw without meaning to. */
  failed(error: unknown): void;
  /** The document of the REST API. */
  openApi(): OpenApiDocument;
}

declare module "@remix-run/cloudflare" {
  interface AppLoadContext extends Atrium {}
}
