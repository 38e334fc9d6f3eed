import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { type Failure, FieldFault, type KeyProvider, type Reply } from "#server/catalog/provider.ts";
import { failureOfStatus } from "./replies.ts";
import { typed } from "./typed.ts";

const Problem = z.object({ statusCode: z.number(), message: z.unknown(), error: z.string().default("") });

/** `{message, error, statusCode}`; the message may repeat what was sent, so it is left out. */
function failureOf({ status, headers, body }: Reply): Failure | null {
  const said = Problem.safeParse(body).data;
  return failureOfStatus(status < 400 && said ? said.statusCode : status, headers, said ? said.error : `status ${status}`);
}

const Owned = z.array(z.object({ orgId: z.string().min(1), name: z.string().nullish() }));
const assistants = { path: "/assistant?limit=1" };

/** We know of no call that names the organisation of a key, but everything in it carries its id. */
async function organisationOf(account: Account): Promise<string> {
  for (const path of [assistants.path, "/phone-number?limit=1"]) {
    const [first] = await account.json({ path }, Owned);
    if (first) return first.orgId;
  }
  throw new FieldFault("private_key", {
    en: "This Vapi organization is still empty. Create an assistant or add a number there, then connect it.",
    fr: "Cette organisation Vapi est encore vide. Créez-y un assistant ou ajoutez un numéro, puis connectez-la.",
    he: "הארגון הזה ב-Vapi עדיין ריק. יש ליצור בו עוזר או להוסיף מספר, ואז לחבר אותו.",
  });
}

export const vapi: KeyProvider = {
  id: "vapi",
  name: "Vapi",
  description: {
    en: "Voice assistants and their calls.",
    fr: "Assistants vocaux et leurs appels.",
    he: "עוזרים קוליים והשיחות שלהם.",
  },
  api: "https://api.vapi.ai",
  hosts: [/^api\.vapi\.ai$/],
  key: {
    removal: { en: "API Keys, in the dashboard", fr: "API Keys, dans le tableau de bord", he: "API Keys, בלוח הבקרה" },
    fields: [
      {
        name: "private_key",
        label: { en: "Private API key", fr: "Clé d’API privée", he: "מפתח API פרטי" },
        hint: {
          en: "In Vapi’s dashboard under API Keys. Use the private key; the public one doesn’t work here.",
          fr: "Dans le tableau de bord Vapi, sous API Keys. Utilisez la clé privée ; la publique ne fonctionne pas ici.",
          he: "בלוח הבקרה של Vapi תחת API Keys. יש להשתמש במפתח הפרטי; הציבורי לא עובד כאן.",
        },
        secret: true,
        schema: typed(/^(?:\w|-){30,100}$/),
      },
    ],
    authorization: ({ secrets }) => ({ headers: { authorization: `Bearer ${secrets.private_key ?? ""}` } }),
    async identify(account) {
      const externalId = await organisationOf(account);
      return { externalId, name: `Vapi ${externalId.slice(0, 8)}`, details: {} };
    },
  },
  failureOf,
  async probe(account) {
    await account.json(assistants, Owned);
  },
};
