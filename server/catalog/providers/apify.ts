import * as z from "zod";
import type { Failure, KeyProvider, Reply } from "#server/catalog/provider.ts";
import { failureOfStatus } from "./replies.ts";
import { typed } from "./typed.ts";

const Problem = z.object({ error: z.object({ type: z.string(), message: z.string().default("") }) });

/** `{error: {type, message}}`. A 402 and an exceeded plan are `rejected`: the same will be refused until somebody pays. */
function failureOf({ status, headers, body }: Reply): Failure | null {
  const said = Problem.safeParse(body).data?.error;
  return failureOfStatus(status < 400 && said ? 500 : status, headers, said ? `${said.type}: ${said.message}` : `status ${status}`);
}

/** Source: docs.apify.com/api/v2/users-me-get. The reply also holds the proxy's password, which is left where it is. */
const Me = z.object({
  data: z.object({
    id: z.string().min(1),
    username: z.string(),
    profile: z.object({ name: z.string().nullish() }).nullish(),
    email: z.string().nullish(),
  }),
});
const me = { path: "/users/me" };

export const apify: KeyProvider = {
  id: "apify",
  name: "Apify",
  description: {
    en: "Data your Actors collect from the web.",
    fr: "Les données que vos Actors collectent sur le web.",
    he: "נתונים שה-actors שלך אוספים מהרשת.",
  },
  api: "https://api.apify.com/v2",
  hosts: [/^api\.apify\.com$/],
  key: {
    removal: {
      en: "Settings, API & Integrations, in the console",
      fr: "Settings, API & Integrations, dans la console",
      he: "Settings, API & Integrations, במסוף",
    },
    fields: [
      {
        name: "api_token",
        label: { en: "API token", fr: "Jeton d’API", he: "אסימון API" },
        hint: {
          en: "In the Apify console under Settings, API & Integrations.",
          fr: "Dans la console Apify, sous Settings, API & Integrations.",
          he: "במסוף של Apify תחת Settings ואז API & Integrations.",
        },
        secret: true,
        // Tokens of before 2022 have no prefix.
        schema: typed(/^(apify_api_)?\w{17,100}$/),
        placeholder: "apify_api_…",
      },
    ],
    authorization: ({ secrets }) => ({ headers: { authorization: `Bearer ${secrets.api_token ?? ""}` } }),
    async identify(account) {
      const { data } = await account.json(me, Me);
      return { externalId: data.id, name: data.profile?.name || data.username, details: data.email ? { email: data.email } : {} };
    },
  },
  failureOf,
  async probe(account) {
    await account.json(me, Me);
  },
};
