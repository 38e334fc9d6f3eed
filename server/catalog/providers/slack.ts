import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import type { Failure, Grant, OAuthProvider, Rates, Reply } from "#server/catalog/provider.ts";
import type { Resource } from "#server/catalog/resource.ts";
import { bearer, byRefreshToken, failureOfStatus, readStandardGrant } from "./replies.ts";
import { windowOf } from "./windows.ts";

/** The life of a bot token where the app has token rotation switched on; without it they have no end. */
const rotatingLifeS = 43_200;

const SlackError = z.object({ ok: z.literal(false), error: z.string().default(""), needed: z.string().optional() });

/** Slack says in words, with status 200, what went wrong; a word that is not here is `rejected`. */
const kinds: Readonly<Record<string, Failure["kind"]>> = {
  invalid_auth: "revoked",
  not_authed: "revoked",
  token_revoked: "revoked",
  token_expired: "revoked",
  account_inactive: "revoked",
  invalid_refresh_token: "revoked",
  invalid_code: "revoked",
  code_already_used: "revoked",
  missing_scope: "missing_scopes",
  invalid_client_id: "misconfigured",
  bad_client_secret: "misconfigured",
  bad_redirect_uri: "misconfigured",
  ratelimited: "rate_limited",
  rate_limited: "rate_limited",
  internal_error: "unavailable",
  fatal_error: "unavailable",
  service_unavailable: "unavailable",
  request_timeout: "unavailable",
};

function failureOf({ status, headers, body }: Reply): Failure | null {
  const { error, needed } = SlackError.safeParse(body).data ?? {};
  if (error === undefined) return failureOfStatus(status, headers, `status ${status}`);
  const kind = status === 429 ? "rate_limited" : kinds[error];
  // Only with a limit does Slack say how long to wait.
  if (kind === "rate_limited") return failureOfStatus(429, headers, error);
  if (kind === undefined) return failureOfStatus(status, headers, error) ?? { kind: "rejected", message: error };
  const scopes = needed?.split(",").filter(Boolean);
  return { kind, message: error, ...(kind === "missing_scopes" && scopes && { scopes }) };
}

/** Calls a minute by method and workspace, of the methods that we call (../shared/providers.md, Slack / 6 Limits); a post, one a second. */
const rates: Rates = {
  of({ path }) {
    const method = path.slice(1);
    if (method === "chat.postMessage") return [windowOf(method, 1, 1)];
    return [windowOf(method, method === "conversations.list" ? 20 : 50, 60)];
  },
};

function readGrant(reply: unknown): Grant {
  const grant = readStandardGrant(reply, ",");
  if (grant.expiresInS !== undefined) return grant;
  // A refresh token comes with rotation only, so such a token ends, whether the reply says when or not.
  return { ...grant, expiresInS: grant.refreshToken === undefined ? null : rotatingLifeS };
}

const Whoami = z.object({
  ok: z.literal(true),
  team: z.string().nullish(),
  team_id: z.string(),
  enterprise_id: z.string().nullish(),
  is_enterprise_install: z.boolean().nullish(),
});

const whoami = (account: Account) => account.json({ method: "POST", path: "/auth.test", reads: true }, Whoami);

/** The kind of choice that says where what waits for a decision is posted. */
export const approvalsChannel = "slack_channel";

const Channels = z.object({
  ok: z.literal(true),
  channels: z.array(z.object({ id: z.string(), name: z.string(), is_member: z.boolean().default(false) })),
  response_metadata: z.object({ next_cursor: z.string().default("") }).optional(),
});
/** Of a workspace with more channels the first are offered; each page holds a thousand. */
const channelPages = 10;

/** The channels that the bot may write to: those it is in, and with `chat:write.public` every public one. */
async function listChannels(account: Account): Promise<Resource[]> {
  const has = (scope: string) => account.scopes?.includes(scope) ?? false;
  const types = has("groups:read") ? "public_channel,private_channel" : "public_channel";
  const query = new URLSearchParams({ types, exclude_archived: "true", limit: "1000" });
  const found: Resource[] = [];
  for (let page = 0; page < channelPages; page++) {
    const { channels, response_metadata } = await account.json({ path: `/conversations.list?${query}` }, Channels);
    const open = channels.filter(({ is_member }) => is_member || has("chat:write.public"));
    found.push(...open.map(({ id, name }) => ({ kind: approvalsChannel, id, name: `#${name}` })));
    const next = response_metadata?.next_cursor;
    if (!next) break;
    query.set("cursor", next);
  }
  return found;
}

export const slack: OAuthProvider = {
  id: "slack",
  name: "Slack",
  description: {
    en: "Reports and questions where your team already talks.",
    fr: "Rapports et questions là où votre équipe échange déjà.",
    he: "דוחות ושאלות במקום שבו הצוות שלך כבר מדבר.",
  },
  api: "https://slack.com/api",
  hosts: [/^slack\.com$/],
  oauth: {
    credentials: { clientId: "SLACK_CLIENT_ID", clientSecret: "SLACK_CLIENT_SECRET" },
    removal: {
      en: "Manage apps, in the administration of your Slack workspace",
      fr: "Gérer les applications, dans l’administration de votre espace Slack",
      he: "ניהול אפליקציות, בניהול סביבת Slack",
    },
    endpoints: {
      authorize: "https://slack.com/oauth/v2/authorize",
      token: "https://slack.com/api/oauth.v2.access",
      revoke: "https://slack.com/api/auth.revoke",
    },
    shop: null,
    identityScopes: [],
    scopeSets: [
      {
        id: "messages",
        title: { en: "Messages in channels", fr: "Messages dans les canaux", he: "הודעות בערוצים" },
        scopes: ["chat:write", "chat:write.public", "channels:read"],
        default: true,
      },
      {
        id: "private",
        title: {
          en: "Private channels and direct messages",
          fr: "Canaux privés et messages directs",
          he: "ערוצים פרטיים והודעות ישירות",
        },
        scopes: ["groups:read", "im:write"],
        default: false,
      },
      {
        id: "history",
        title: {
          en: "Check that a message was posted",
          fr: "Vérifier qu’un message a été publié",
          he: "בדיקה שהודעה פורסמה",
        },
        scopes: ["channels:history", "groups:history"],
        default: false,
        acts: true,
      },
      {
        id: "people",
        title: {
          en: "Names and email addresses of your team",
          fr: "Noms et adresses e-mail de votre équipe",
          he: "שמות וכתובות האימייל של הצוות",
        },
        scopes: ["users:read", "users:read.email"],
        default: false,
      },
    ],
    permissions: ["incoming-webhook", "commands"],
    incremental: false,
    // All of them for the bot: `user_scope` would be the person's own.
    scopeParameters: (scopes) => ({ scope: scopes.join(",") }),
    // Switching it on for the app cannot be taken back, and would let refresh tokens end after 30 days.
    pkce: false,
    clientAuthentication: "basic",
    authorizeParameters: {},
    defaultExpiresInS: null,
    // The old refresh token ends with the reply.
    renewals: [byRefreshToken({ rotates: true, retryable: false })],
    tokenFailureOf: (reply) => (SlackError.safeParse(reply.body).success ? (failureOf(reply) ?? undefined) : undefined),
    readGrant,
    authorization: ({ secrets }) => ({ headers: bearer(secrets) }),
    async identify(account) {
      const { team, team_id, enterprise_id, is_enterprise_install } = await whoami(account);
      const externalId = (is_enterprise_install && enterprise_id) || team_id;
      return { externalId, name: team || externalId, details: {} };
    },
    // A workspace has one bot token of an app (without rotation): whoever connects it too is given the same one.
    revocation: {
      ends: "grant",
      request: ({ accessToken }) => ({ method: "POST", headers: bearer({ access_token: accessToken }) }),
    },
  },
  choices: [
    {
      kind: approvalsChannel,
      title: { en: "Channel for approvals", fr: "Canal des approbations", he: "ערוץ לאישורים" },
      choose: { en: "Choose a channel for approvals", fr: "Choisissez un canal pour les approbations", he: "בחירת ערוץ לאישורים" },
      many: false,
      scopes: ["chat:write", "channels:read"],
      portal: { scopes: ["chat:write.public", "groups:read", "users:read", "users:read.email", "channels:history", "groups:history"] },
      list: listChannels,
    },
  ],
  rates,
  failureOf,
  async probe(account) {
    await whoami(account);
  },
};
