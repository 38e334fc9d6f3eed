import * as z from "zod";
import type { Databases } from "#db/client.ts";
import { isPlace } from "#db/words/places.ts";
import type { ActionMessage, DeadMessage, MailMessage, RunMessage, TaskMessage, TokenMessage } from "./messages.ts";

/** What wrangler.toml binds, and the variables and secrets below as plain strings. */
export interface Env {
  DB: D1Database;
  RUNS: Queue<RunMessage>;
  ACTIONS: Queue<ActionMessage>;
  MAIL: Queue<MailMessage>;
  TOKENS: Queue<TokenMessage>;
  TASKS: Queue<TaskMessage>;
  EXPORTS: Queue<TaskMessage>;
  DEAD: Queue<DeadMessage>;
  ASSETS: Fetcher;
  /** Scripts have none. */
  RATES?: DurableObjectNamespace;
  [variable: string]: unknown;
}

const Base64Key = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, "must be 32 bytes in base64");

/** `id:base64,id:base64`: 256-bit root keys, the first one current, the others only to open what they once wrapped. */
const VaultKeys = z
  .string()
  .transform((text) => text.split(",").map((pair) => pair.trim().split(":")))
  .pipe(z.array(z.tuple([z.string().regex(/^[a-z0-9_-]{1,20}$/i), Base64Key])).min(1))
  .refine((pairs) => new Set(pairs.map(([id]) => id)).size === pairs.length, "two keys have the same id");

const EndpointOverride = z.strictObject({
  authorize: z.url().optional(),
  token: z.url().optional(),
  revoke: z.url().optional(),
  introspect: z.url().optional(),
  issuer: z.url().optional(),
  api: z.url().optional(),
});
export type EndpointOverride = z.infer<typeof EndpointOverride>;

const Endpoints = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      context.addIssue({ code: "custom", message: `not JSON: ${String(cause)}` });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), EndpointOverride));

const Variables = z
  .object({
    /** Where people reach the portal, without a path: `https://portal.example.com`. */
    APP_ORIGIN: z.url().refine((url) => new URL(url).origin === url, "must be an origin, without a path"),
    ENVIRONMENT: z.enum(["production", "development", "test"]).default("production"),
    VAULT_KEYS: VaultKeys,
    /** `by_approval`: anybody may ask for a workspace at /sign-up, and an admin of the agency decides. `off`: people come by invitation alone. */
    SIGN_UP: z.enum(["off", "by_approval"]).default("off"),
    /** In which D1 the rows of clients that are new go: `DB`, or another one that is bound as `DB_2`, `DB_3`. */
    NEW_CLIENTS_PLACE: z.string().refine(isPlace, "must be DB or DB_ and a name").default("DB"),
    /** Derives the tokens of magic links and invitations, the codes of discounts, and what is known by its hash alone; 32 bytes in base64. */
    SIGNING_KEY: Base64Key,
    /** `log` prints mail and shows it at /dev/outbox (not in production), `smtp` and `resend` send it. */
    MAIL_TRANSPORT: z.enum(["log", "smtp", "resend"]),
    /** `Name <address>` or an address. */
    MAIL_FROM: z.string().min(3),
    SMTP_HOST: z.string().optional(),
    SMTP_PORT: z.coerce.number().int().positive().default(587),
    /** `starttls`, `tls` from the first byte, or `none` (a relay on a private network). */
    SMTP_SECURITY: z.enum(["starttls", "tls", "none"]).default("starttls"),
    SMTP_USERNAME: z.string().optional(),
    SMTP_PASSWORD: z.string().optional(),
    RESEND_API_KEY: z.string().optional(),
    /** Where Resend is asked: a stand-in in tests. */
    RESEND_ENDPOINT: z.url().default("https://api.resend.com/emails"),
    SHOPIFY_CLIENT_ID: z.string().optional(),
    SHOPIFY_CLIENT_SECRET: z.string().optional(),
    /** Permissions that a provider has not approved our app for: `shopify:read_all_orders`, several with commas. Nobody is asked for them. */
    UNAPPROVED_SCOPES: z
      .string()
      .default("")
      .transform((list) => new Set(list.split(/[\s,]+/).filter(Boolean))),
    KLAVIYO_CLIENT_ID: z.string().optional(),
    KLAVIYO_CLIENT_SECRET: z.string().optional(),
    GOOGLE_CLIENT_ID: z.string().optional(),
    GOOGLE_CLIENT_SECRET: z.string().optional(),
    HUBSPOT_CLIENT_ID: z.string().optional(),
    HUBSPOT_CLIENT_SECRET: z.string().optional(),
    /** Meta's app id and app secret. */
    META_CLIENT_ID: z.string().optional(),
    META_CLIENT_SECRET: z.string().optional(),
    /** What Meta repeats when it verifies the webhook address: a word of our own. */
    META_WEBHOOK_VERIFY_TOKEN: z.string().optional(),
    /** TikTok's app id and secret. */
    TIKTOK_CLIENT_ID: z.string().optional(),
    TIKTOK_CLIENT_SECRET: z.string().optional(),
    SLACK_CLIENT_ID: z.string().optional(),
    SLACK_CLIENT_SECRET: z.string().optional(),
    /** Signs Slack's events; it is not the client secret. */
    SLACK_SIGNING_SECRET: z.string().optional(),
    LINKEDIN_CLIENT_ID: z.string().optional(),
    LINKEDIN_CLIENT_SECRET: z.string().optional(),
    /** Signs Klaviyo's system webhooks: the secret_key that they were made with. */
    KLAVIYO_WEBHOOK_SECRET: z.string().optional(),
    /** Points providers elsewhere (the sandbox, an OAuth server of one's own): JSON, provider -> {authorize, token, revoke, introspect, issuer, api}. */
    PROVIDER_ENDPOINTS: Endpoints.optional(),
  })
  .superRefine((variables, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    // Whoever deploys with ENVIRONMENT=development must not hand sign-in links to the world at /dev/outbox either.
    const open =
      variables.ENVIRONMENT === "production" ? "in production" : isPublic(variables.APP_ORIGIN) ? "where APP_ORIGIN is public" : null;
    if (open) {
      if (variables.PROVIDER_ENDPOINTS) refuse("PROVIDER_ENDPOINTS", `not accepted ${open}`);
      if (variables.MAIL_TRANSPORT === "log") refuse("MAIL_TRANSPORT", `\`log\` is not accepted ${open}`);
      if (!variables.APP_ORIGIN.startsWith("https://")) refuse("APP_ORIGIN", `must be https ${open}`);
    }
    if (variables.MAIL_TRANSPORT === "smtp" && !variables.SMTP_HOST) refuse("SMTP_HOST", "needed by MAIL_TRANSPORT=smtp");
    if (variables.MAIL_TRANSPORT === "resend" && !variables.RESEND_API_KEY) refuse("RESEND_API_KEY", "needed by MAIL_TRANSPORT=resend");
  });

export type Config = z.infer<typeof Variables>;

/** Whether others may reach it: all but this machine's own names and those of RFC 6761 that are nobody's. */
const isPublic = (origin: string): boolean =>
  URL.canParse(origin) && !/^(localhost|127(\.\d+){3}|\[::1\]|.+\.(localhost|test))$/.test(new URL(origin).hostname);

const parsed = new WeakMap<Env, Config>();

/** The checked configuration. Throws with the names of the variables at fault, never with their values. */
export function readConfig(env: Env): Config {
  const known = parsed.get(env);
  if (known) return known;
  const result = Variables.safeParse(env);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`The configuration is incomplete. ${faults.join("; ")}`);
  }
  parsed.set(env, result.data);
  return result.data;
}

const bound = new WeakMap<Env, Databases>();

/** The D1s that are bound, by place. */
export function databasesOf(env: Env): Databases {
  const known = bound.get(env);
  if (known) return known;
  const databases = { ...(Object.fromEntries(Object.entries(env).filter(([name]) => isPlace(name))) as Databases), DB: env.DB };
  bound.set(env, databases);
  return databases;
}
