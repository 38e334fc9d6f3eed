import * as z from "zod";
import type { Failure, KeyProvider, Reply } from "#server/catalog/provider.ts";
import { failureOfStatus } from "./replies.ts";
import { typed, unwrap } from "./typed.ts";

const Problem = z.object({ code: z.union([z.string(), z.number()]), message: z.string() });

const Named = z.object({ data: z.object({ skus: z.array(z.string()).optional(), orderId: z.union([z.string(), z.number()]).optional() }) });
const plain = /^[\w-]{1,64}$/;

/**
 * Its code, and what it names by ids: of `{"info":…,"data":…}`, JSON in a string, the `info` is left out, since that may repeat a name or an
 * address, as is any other text.
 */
function sayingOf({ code, message }: z.output<typeof Problem>): string {
  const said = plain.test(String(code)) ? String(code) : "refused";
  let told: unknown;
  try {
    told = JSON.parse(message);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return said;
  }
  const { skus, orderId } = Named.safeParse(told).data?.data ?? {};
  const data = { ...(skus && { skus: skus.filter((sku) => plain.test(sku)) }), ...(plain.test(String(orderId)) && orderId && { orderId }) };
  return `${said}: ${JSON.stringify({ data })}`;
}

/**
 * `{code, message}`, now and then with status 200; a limit is told in bare text, with the second of its end in a header. From the
 * public client Bixoto/PyBigBuy (exceptions.py and its tests); nothing of BigBuy's own was found on it, nor was it seen on the wire.
 */
function failureOf({ status, headers, body }: Reply): Failure | null {
  const said = Problem.safeParse(body).data;
  const code = Number(said?.code);
  const message = said ? sayingOf(said) : `status ${status}`;
  const failure = failureOfStatus(status < 400 && said ? (code >= 400 && code < 600 ? code : 400) : status, headers, message);
  // Its own word for "later": nobody knows what became of an order by then.
  if (said?.code === "ER009" && status < 500) return { kind: "unavailable", message };
  const resetAt = Number(headers.get("x-ratelimit-reset") ?? Number.NaN);
  if (failure?.kind !== "rate_limited" || failure.retryAfterS !== undefined || !Number.isFinite(resetAt)) return failure;
  return { ...failure, retryAfterS: Math.max(1, Math.ceil(resetAt - Date.now() / 1000)) };
}

/** The prepaid balance, a number as text ("1000.00"): a cheap call about the account itself. */
const Purse = z.union([z.string().regex(/^-?\d+(\.\d+)?$/), z.number()]);
const purse = { path: "/rest/user/purse.json" };

export const bigbuy: KeyProvider = {
  id: "bigbuy",
  name: "BigBuy",
  description: {
    en: "Catalogue, stock and orders of your European supplier.",
    fr: "Catalogue, stocks et commandes de votre fournisseur européen.",
    he: "קטלוג, מלאי והזמנות של הספק האירופי שלך.",
  },
  api: "https://api.bigbuy.eu",
  hosts: [/^api\.bigbuy\.eu$/],
  key: {
    removal: {
      en: "Synchronise with BigBuy, API, in the control panel",
      fr: "Synchronise with BigBuy, API, dans le panneau de contrôle",
      he: "Synchronise with BigBuy ואז API, בלוח הבקרה",
    },
    fields: [
      {
        name: "api_key",
        label: { en: "API key", fr: "Clé d’API", he: "מפתח API" },
        hint: {
          en: "In BigBuy’s control panel under Synchronise with BigBuy, API. Use the production key.",
          fr: "Dans le panneau de BigBuy, sous Synchronise with BigBuy, API. Utilisez la clé de production.",
          he: "בלוח הבקרה של BigBuy, תחת Synchronise with BigBuy ואז API. יש להשתמש במפתח של סביבת הייצור.",
        },
        secret: true,
        schema: typed(/^\w{20,300}={0,2}$/),
      },
      {
        // We know of no call that says whose key it is: the client says it, so that a key that is replaced stays with its
        // account. That it is true cannot be checked.
        name: "account",
        label: { en: "Account email address", fr: "Adresse e-mail du compte", he: "כתובת האימייל של החשבון" },
        hint: {
          en: "The one you sign in to BigBuy with. We use it to tell your accounts apart.",
          fr: "Celle avec laquelle vous vous connectez à BigBuy. Elle nous sert à distinguer vos comptes.",
          he: "זו שבה נכנסים ל-BigBuy. לפיה אנחנו מבחינים בין החשבונות שלך.",
        },
        secret: false,
        schema: z
          .string()
          .overwrite(unwrap)
          .toLowerCase()
          .max(200)
          .regex(/^[^\s@\p{C}]+@[^\s@\p{C}]+\.[^\s@\p{C}]+$/u),
        placeholder: "name@example.com",
      },
    ],
    authorization: ({ secrets }) => ({ headers: { authorization: `Bearer ${secrets.api_key ?? ""}` } }),
    async identify(account) {
      await account.json(purse, Purse);
      const email = account.fields.account ?? "";
      return { externalId: email, name: email, details: { email } };
    },
  },
  failureOf,
  async probe(account) {
    await account.json(purse, Purse);
  },
};
