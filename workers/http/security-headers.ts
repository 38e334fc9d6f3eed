import { createMiddleware } from "hono/factory";
import { type Door, doorOf } from "#workers/doors.ts";
import type { HttpEnv } from "#workers/http-env.ts";

/**
 * What a page of ours may do. Scripts run by nonce alone and pass it on to what they load. Forms lead to us alone: browsers
 * hold their redirects to it too, so that the way to a provider's consent page goes over a page of ours.
 */
const contentSecurityPolicy = (nonce: string, { framed }: Door): string =>
  [
    // Governs what has no directive below, and that is what links fetch ahead: Firefox blocks them by it, other browsers by the least
    // strict directive (https://github.com/w3c/webappsec-csp/issues/107). So all else is named, and closed.
    "default-src 'self'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "media-src 'none'",
    "frame-src 'none'",
    "child-src 'none'",
    "worker-src 'none'",
    "form-action 'self'",
    "base-uri 'none'",
    framed === "anybody" ? "frame-ancestors *" : "frame-ancestors 'none'",
    "object-src 'none'",
  ].join("; ");

const deviceNames = ["camera", "microphone", "geolocation", "payment", "usb", "serial", "browsing-topics"];

/** What a door's answers say to browsers beside their policy. */
export const headersOf = ({ framed, readers, devices }: Door): Readonly<Record<string, string>> => ({
  "x-content-type-options": "nosniff",
  ...(framed === "nobody" && { "x-frame-options": "DENY" }),
  // Addresses of ours hold tokens of links; `no-referrer` would also take Origin away from our own forms.
  "referrer-policy": "same-origin",
  "permissions-policy": deviceNames.map((name) => `${name}=(${devices.some((device) => device === name) ? "self" : ""})`).join(", "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": readers === "any" ? "cross-origin" : "same-origin",
  ...(readers === "any" && { "access-control-allow-origin": "*" }),
});

const twoYearsS = 63_072_000;

/** Under Vite's dev server scripts and styles are put in without a nonce. */
const hotReload = (environment: unknown) => environment === "development" && Boolean(import.meta.env?.DEV);

/** Headers of every answer that is no file. */
export const securityHeaders = createMiddleware<HttpEnv>(async (c, next) => {
  c.set("nonce", newNonce());
  await next();
  const headers = c.res.headers;
  const door = doorOf(c.req.path);
  for (const [name, value] of Object.entries(headersOf(door))) if (!headers.has(name)) headers.set(name, value);
  if (!hotReload(c.env.ENVIRONMENT)) headers.set("content-security-policy", contentSecurityPolicy(c.get("nonce"), door));
  if (isProduction(c.env.ENVIRONMENT)) headers.set("strict-transport-security", `max-age=${twoYearsS}; includeSubDomains`);
  if (!headers.has("cache-control")) headers.set("cache-control", "private, no-store");
});

/** As in server/env.ts: what is not said is production. */
const isProduction = (environment: unknown) => environment === undefined || environment === "production";

const newNonce = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
