import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { type Failure, FieldFault, type KeyProvider, type Reply } from "#server/catalog/provider.ts";
import { basicCredentials, failureOfStatus } from "./replies.ts";
import { pastedNumber, typed, typedNumber } from "./typed.ts";

const Problem = z.object({ code: z.number(), message: z.string(), status: z.number() });

function failureOf({ status, headers, body }: Reply): Failure | null {
  const said = Problem.safeParse(body).data;
  return failureOfStatus(status < 400 && said ? said.status : status, headers, said ? `${said.code} ${said.message}` : `status ${status}`);
}

/** The reply also holds the auth token, which is left where it is. */
const TwilioAccount = z.object({ sid: z.string(), friendly_name: z.string(), status: z.enum(["active", "suspended", "closed"]) });
const Numbers = z.object({ incoming_phone_numbers: z.array(z.object({ phone_number: z.string() })) });

const readAccount = (account: Account) => account.json({ path: `/Accounts/${account.fields.account_sid}.json` }, TwilioAccount);

async function checkNumber(account: Account): Promise<void> {
  const { account_sid: sid, phone_number: number = "" } = account.fields;
  const query = new URLSearchParams({ PhoneNumber: number, PageSize: "50" });
  const { incoming_phone_numbers: found } = await account.json({ path: `/Accounts/${sid}/IncomingPhoneNumbers.json?${query}` }, Numbers);
  // It answers numbers that contain what was asked for.
  if (found.some(({ phone_number: own }) => own === number)) return;
  throw new FieldFault("phone_number", {
    en: "This number does not belong to the Twilio account.",
    fr: "Ce numéro n’appartient pas à ce compte Twilio.",
    he: "המספר הזה אינו שייך לחשבון ה-Twilio.",
  });
}

export const twilio: KeyProvider = {
  id: "twilio",
  name: "Twilio",
  description: {
    en: "Text messages and calls from your own number.",
    fr: "SMS et appels depuis votre propre numéro.",
    he: "הודעות טקסט ושיחות מהמספר שלך.",
  },
  api: "https://api.twilio.com/2010-04-01",
  hosts: [/^api\.twilio\.com$/],
  key: {
    removal: { en: "API keys & tokens, in the console", fr: "API keys & tokens, dans la console", he: "API keys & tokens, במסוף" },
    fields: [
      {
        name: "account_sid",
        label: { en: "Account SID", fr: "SID du compte", he: "SID של החשבון" },
        hint: {
          en: "On the start page of the Twilio console. It begins with AC.",
          fr: "Sur la page d’accueil de la console Twilio. Il commence par AC.",
          he: "בעמוד הראשי של מסוף Twilio. הוא מתחיל ב-AC.",
        },
        secret: false,
        schema: typed(/^AC[0-9a-fA-F]{32}$/),
        placeholder: "AC…",
      },
      {
        name: "auth_token",
        label: { en: "Auth token", fr: "Jeton d’authentification", he: "אסימון אימות" },
        hint: {
          en: "Next to the SID. An API key isn’t enough.",
          fr: "À côté du SID. Une clé d’API ne suffit pas.",
          he: "ליד ה-SID. מפתח API אינו מספיק.",
        },
        secret: true,
        schema: typed(/^\w{32,64}$/),
      },
      {
        name: "phone_number",
        label: { en: "Phone number", fr: "Numéro de téléphone", he: "מספר טלפון" },
        hint: {
          en: "One of the account’s numbers, with + and the country code.",
          fr: "Un des numéros du compte, avec + et l’indicatif du pays.",
          he: "אחד ממספרי החשבון, עם + וקידומת המדינה.",
        },
        secret: false,
        schema: typedNumber(/^\+[1-9]\d{6,14}$/),
        pasted: pastedNumber,
        placeholder: "+15551234567",
      },
    ],
    authorization: ({ secrets, fields }) => ({
      headers: { authorization: basicCredentials(fields.account_sid ?? "", secrets.auth_token ?? "") },
    }),
    async identify(account) {
      const { sid, friendly_name: name, status } = await readAccount(account);
      if (status !== "active") {
        throw new FieldFault("account_sid", {
          en: "Twilio has suspended or closed this account.",
          fr: "Twilio a suspendu ou fermé ce compte.",
          he: "‏Twilio השעתה או סגרה את החשבון הזה.",
        });
      }
      await checkNumber(account);
      return { externalId: sid, name, details: {} };
    },
  },
  failureOf,
  async probe(account) {
    await readAccount(account);
  },
};
