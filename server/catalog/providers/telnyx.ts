import * as z from "zod";
import type { Failure, KeyProvider, Reply } from "#server/catalog/provider.ts";
import { failureOfStatus } from "./replies.ts";
import { typed } from "./typed.ts";

const Errors = z.object({ errors: z.array(z.object({ code: z.coerce.string(), title: z.string().default("") })).min(1) });

/** `{errors: [{code, title, detail}]}`; the detail may repeat what was sent, so only code and title are kept. */
function failureOf({ status, headers, body }: Reply): Failure | null {
  const [first] = Errors.safeParse(body).data?.errors ?? [];
  const message = first ? `${first.code} ${first.title}` : `status ${status}`;
  return failureOfStatus(status < 400 && first ? 500 : status, headers, message);
}

/** Known from tools that ask it, not from Telnyx's reference; its fields could not be checked. */
const Whoami = z.object({
  data: z.object({ organization_id: z.string().min(1), organization_name: z.string().nullish(), email: z.string().nullish() }),
});
const Balance = z.object({ data: z.object({ balance: z.string() }) });

export const telnyx: KeyProvider = {
  id: "telnyx",
  name: "Telnyx",
  description: {
    en: "Phone numbers, calls and text messages.",
    fr: "Numéros de téléphone, appels et SMS.",
    he: "מספרי טלפון, שיחות והודעות טקסט.",
  },
  api: "https://api.telnyx.com/v2",
  hosts: [/^api\.telnyx\.com$/],
  key: {
    removal: {
      en: "Account, Keys & Credentials, in the portal",
      fr: "Account, Keys & Credentials, dans le portail",
      he: "Account ואז Keys & Credentials, בפורטל",
    },
    fields: [
      {
        name: "api_key",
        label: { en: "API key", fr: "Clé d’API", he: "מפתח API" },
        hint: {
          en: "In the Telnyx portal under Account, Keys & Credentials. It begins with KEY.",
          fr: "Dans le portail Telnyx, sous Account, Keys & Credentials. Elle commence par KEY.",
          he: "בפורטל של Telnyx, תחת Account ואז Keys & Credentials. הוא מתחיל ב-KEY.",
        },
        secret: true,
        schema: typed(/^KEY[\w.]{10,200}$/),
        placeholder: "KEY…",
      },
    ],
    authorization: ({ secrets }) => ({ headers: { authorization: `Bearer ${secrets.api_key ?? ""}` } }),
    async identify(account) {
      const { data } = await account.json({ path: "/whoami" }, Whoami);
      return {
        externalId: data.organization_id,
        name: data.organization_name || data.email || data.organization_id,
        details: data.email ? { email: data.email } : {},
      };
    },
  },
  failureOf,
  async probe(account) {
    await account.json({ path: "/balance" }, Balance);
  },
};
