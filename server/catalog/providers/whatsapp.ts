import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { type Failure, FieldFault, type KeyProvider, type Reply } from "#server/catalog/provider.ts";
import { ProviderError } from "#server/errors.ts";
import { appSecretProof, meta } from "./meta.ts";
import { pastedNumber, typed, typedNumber } from "./typed.ts";

/** Graph's own errors; but the app here is the client's, so what is wrong with its secret is the client's to mend. */
function failureOf(reply: Reply): Failure | null {
  const failure = meta.failureOf(reply);
  return failure?.kind === "misconfigured" ? { ...failure, kind: "revoked" } : failure;
}

const Numbers = z.object({
  data: z.array(z.object({ id: z.string(), display_phone_number: z.string().default(""), verified_name: z.string().default("") })),
});

/** The numbers of the WhatsApp Business account. Which of the typed things is wrong is read off what Graph says. */
async function listNumbers(account: Account) {
  const query = "fields=id,display_phone_number,verified_name&limit=100";
  try {
    return (await account.json({ path: `/${account.fields.waba_id}/phone_numbers?${query}` }, Numbers)).data;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (/appsecret_proof/i.test(error.message)) {
      throw new FieldFault("app_secret", {
        en: "This isn’t the secret of the app that created the token.",
        fr: "Ce n’est pas la clé secrète de l’application qui a créé le jeton.",
        he: "זה לא הסוד של האפליקציה שבה נוצר האסימון.",
      });
    }
    if (error.kind !== "rejected" && error.kind !== "missing_scopes") throw error;
    throw new FieldFault("waba_id", {
      en: "The token has no access to this WhatsApp Business account. It needs whatsapp_business_management and access to the account.",
      fr: "Le jeton n’a pas accès à ce compte WhatsApp Business. Il lui faut whatsapp_business_management et l’accès au compte.",
      he: "לאסימון אין גישה לחשבון ה-WhatsApp Business הזה. דרושים לו whatsapp_business_management וגישה לחשבון.",
    });
  }
}

/**
 * WhatsApp Cloud API with the client's own app and system user. That the token is a permanent one is not asked: the call that
 * would say so (debug_token) carries the token in its address.
 */
export const whatsapp: KeyProvider = {
  id: "whatsapp",
  name: "WhatsApp",
  description: {
    en: "Messages to your customers from your WhatsApp number.",
    fr: "Messages à vos clients depuis votre numéro WhatsApp.",
    he: "הודעות ללקוחות שלך ממספר ה-WhatsApp שלך.",
  },
  api: meta.api,
  hosts: [/^graph\.facebook\.com$/],
  key: {
    removal: {
      en: "Users, System users, in the settings of your Meta business",
      fr: "Utilisateurs, Utilisateurs système, dans les paramètres de votre entreprise Meta",
      he: "משתמשים, משתמשי מערכת, בהגדרות העסק ב-Meta",
    },
    fields: [
      {
        name: "access_token",
        label: { en: "System user token", fr: "Jeton d’utilisateur système", he: "אסימון של משתמש מערכת" },
        hint: {
          en: "In Meta’s business settings under System users, with an expiration of never.",
          fr: "Dans les paramètres business de Meta, sous Utilisateurs système, sans expiration.",
          he: "בהגדרות העסק של Meta תחת System users, ללא תפוגה.",
        },
        secret: true,
        schema: typed(/^EAA\w{20,900}$/),
        placeholder: "EAA…",
      },
      {
        name: "phone_number_id",
        label: { en: "Phone number ID", fr: "ID du numéro de téléphone", he: "מזהה מספר הטלפון" },
        hint: {
          en: "In the app’s dashboard under WhatsApp, API setup. Digits only; it isn’t the phone number itself.",
          fr: "Dans le tableau de bord de l’application, sous WhatsApp, Configuration de l’API : des chiffres, et non le numéro.",
          he: "בלוח הבקרה של האפליקציה תחת WhatsApp ואז API setup: ספרות, ולא המספר עצמו.",
        },
        secret: false,
        schema: typedNumber(/^\d{5,25}$/),
        pasted: pastedNumber,
      },
      {
        name: "waba_id",
        label: { en: "WhatsApp Business account ID", fr: "ID du compte WhatsApp Business", he: "מזהה חשבון WhatsApp Business" },
        hint: {
          en: "On the same page, below the phone number ID.",
          fr: "Sur la même page, sous l’ID du numéro.",
          he: "באותו עמוד, מתחת למזהה המספר.",
        },
        secret: false,
        schema: typedNumber(/^\d{5,25}$/),
        pasted: pastedNumber,
      },
      {
        name: "app_secret",
        label: { en: "App secret", fr: "Clé secrète de l’application", he: "סוד האפליקציה" },
        hint: {
          en: "Under App settings, Basic. We use it to sign our requests.",
          fr: "Sous Paramètres de l’app, Général. Elle signe nos requêtes.",
          he: "תחת App settings ואז Basic. באמצעותו הבקשות שלנו נחתמות.",
        },
        secret: true,
        optional: true,
        schema: typed(/^\w{32,64}$/),
      },
    ],
    authorization: ({ secrets: { access_token: token = "", app_secret: appSecret } }) => ({
      headers: { authorization: `Bearer ${token}` },
      ...(appSecret !== undefined && { query: { appsecret_proof: appSecretProof(appSecret, token) } }),
    }),
    async identify(account) {
      const number = (await listNumbers(account)).find(({ id }) => id === account.fields.phone_number_id);
      if (!number) {
        throw new FieldFault("phone_number_id", {
          en: "This number doesn’t belong to the WhatsApp Business account.",
          fr: "Ce numéro n’est pas un de ceux du compte WhatsApp Business.",
          he: "המספר הזה אינו אחד ממספרי חשבון ה-WhatsApp Business.",
        });
      }
      const { id, verified_name: name, display_phone_number: shown } = number;
      return { externalId: id, name: [name, shown].filter(Boolean).join(", ") || id, details: {} };
    },
  },
  failureOf,
  async probe(account) {
    await account.json({ path: `/${account.fields.phone_number_id}?fields=id` }, z.object({ id: z.string() }));
  },
};
