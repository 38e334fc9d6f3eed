import * as z from "zod";
import type { Failure, KeyProvider, Reply } from "#server/catalog/provider.ts";
import { failureOfStatus } from "./replies.ts";
import { typed } from "./typed.ts";

const dayS = 86_400;
const Envelope = z.object({ code: z.coerce.number(), result: z.boolean().nullish() });

/**
 * What their codes mean for us; the others are `rejected`. Failures come with HTTP 200. Source: "Global error codes" of
 * developers.cjdropshipping.com. 16000xx say that key or token are none, are ended, or that the account is not there.
 */
const meaning: Readonly<Record<number, Failure["kind"]>> = {
  1600000: "unavailable",
  1600001: "revoked",
  1600002: "revoked",
  1600003: "revoked",
  1600004: "revoked",
  1600005: "revoked",
  1600006: "revoked",
  1600008: "revoked",
  1600030: "revoked",
  1600031: "revoked",
  // It gave up waiting for itself: what was asked for may have been done.
  1600301: "unavailable",
  1600200: "rate_limited",
  1600201: "rate_limited",
  1601000: "revoked",
};

/** Its codes in words of ours: its own may repeat a name or an address. Source: ../shared/writes-and-voice.md, CJ / envelope, limits, errors. */
const words: Readonly<Record<number, string>> = {
  1600000: "CJ is busy",
  1600100: "CJ has taken this call offline",
  1600101: "CJ does not know this call",
  1600200: "too many requests",
  1600201: "the quota is used up",
  1600300: "a parameter is wrong, or there is no such thing",
  1600301: "CJ timed out",
  1602000: "CJ does not sell this variant",
  1602001: "CJ does not sell this product",
  1602002: "CJ no longer sells it",
  1602003: "CJ no longer sells it",
  1603000: "the order could not be made",
  1603001: "the order could not be confirmed",
  1603002: "the order could not be deleted",
  1603003: "the order number is taken",
  1603100: "CJ knows no such order",
  1603101: "the payment failed",
  1603102: "the stock could not be taken",
  1604000: "there is too little in the CJ balance",
  1604001: "the CJ balance is restricted",
  1605000: "CJ has no such carrier",
  1605001: "CJ has no such carrier",
  1605002: "CJ does not ship to this country",
  1608001: "CJ has no such warehouse",
};

function failureOf({ status, headers, body }: Reply): Failure | null {
  const said = Envelope.safeParse(body).data;
  if (!said) return failureOfStatus(status, headers, `status ${status}`);
  if ((said.code === 200 || said.code === 0) && said.result !== false) return failureOfStatus(status, headers, `status ${status}`);
  const byCode = meaning[said.code];
  const message = `${said.code} ${words[said.code] ?? (byCode === "revoked" ? "CJ does not accept the key" : "CJ refused it")}`;
  if (byCode) return { kind: byCode, message };
  return failureOfStatus(status, headers, message) ?? { kind: "rejected", message };
}

const Tokens = z.object({
  data: z.object({
    accessToken: z.string().min(1),
    accessTokenExpiryDate: z.string().nullish(),
    refreshToken: z.string().min(1).nullish(),
    refreshTokenExpiryDate: z.string().nullish(),
  }),
});

/** Seconds until an instant such as 2026-12-05T09:16:33+08:00; the documented life where it is left out or cannot be read. */
function lifeOf(date: string | null | undefined, now: number, usualS: number): number {
  const seconds = (Date.parse(date ?? "") - now) / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : usualS;
}

const Settings = z.object({
  data: z.object({
    openId: z.union([z.string().min(1), z.number()]),
    openName: z.string().nullish(),
    openEmail: z.string().nullish(),
  }),
});
const settings = { path: "/setting/get" };

/** The key opens nothing: it buys tokens of 15 days, which a refresh token of 180 days renews. */
export const cj: KeyProvider = {
  id: "cj",
  name: "CJ Dropshipping",
  description: {
    en: "Products, stock and orders of your supplier.",
    fr: "Produits, stocks et commandes de votre fournisseur.",
    he: "מוצרים, מלאי והזמנות של הספק שלך.",
  },
  api: "https://developers.cjdropshipping.com/api2.0/v1",
  hosts: [/^developers\.cjdropshipping\.com$/],
  key: {
    removal: { en: "My CJ, Authorization, API, in CJ", fr: "My CJ, Authorization, API, dans CJ", he: "My CJ, Authorization, API, ב-CJ" },
    fields: [
      {
        name: "api_key",
        label: { en: "API key", fr: "Clé d’API", he: "מפתח API" },
        hint: {
          en: "In My CJ under Authorization, API. It looks like CJ1234567@api@…",
          fr: "Dans My CJ, sous Authorization, API. Elle ressemble à CJ1234567@api@…",
          he: "ב-My CJ תחת Authorization ואז API. הוא נראה כמו CJ1234567@api@…",
        },
        secret: true,
        schema: typed(/^(CJ\d+@api@)?\w{20,100}$/),
        placeholder: "CJ1234567@api@…",
      },
    ],
    authorization: ({ secrets }) => ({ headers: { "cj-access-token": secrets.access_token ?? "" } }),
    async identify(account) {
      const { data } = await account.json(settings, Settings);
      const externalId = String(data.openId);
      return { externalId, name: data.openName || externalId, details: data.openEmail ? { email: data.openEmail } : {} };
    },
    tokens: {
      key: "api_key",
      // Their pages of late say one request a second; the stricter rule that they had before is kept to.
      obtain: { path: "/authentication/getAccessToken", body: (apiKey) => ({ apiKey }), everyS: 300 },
      refresh: { path: "/authentication/refreshAccessToken", body: (refreshToken) => ({ refreshToken }) },
      readGrant(reply, now) {
        const { data } = Tokens.parse(reply);
        return {
          accessToken: data.accessToken,
          refreshToken: data.refreshToken ?? undefined,
          expiresInS: lifeOf(data.accessTokenExpiryDate, now, 15 * dayS),
          refreshExpiresInS: lifeOf(data.refreshTokenExpiryDate, now, 180 * dayS),
          scopes: undefined,
        };
      },
    },
  },
  failureOf,
  async probe(account) {
    await account.json(settings, Settings);
  },
};
