import type { SandboxProviderId } from "#sandbox/endpoints.ts";
import { google } from "./google.ts";
import { hubspot } from "./hubspot.ts";
import { klaviyo } from "./klaviyo.ts";
import { linkedin } from "./linkedin.ts";
import { meta } from "./meta.ts";
import type { SandboxProvider } from "./provider.ts";
import { shopify } from "./shopify.ts";
import { slack } from "./slack.ts";
import { tiktok } from "./tiktok.ts";

/** Every provider that the sandbox stands in for: one file and one line each. */
export const shelf: Record<SandboxProviderId, SandboxProvider> = { shopify, klaviyo, google, hubspot, slack, linkedin, meta, tiktok };
