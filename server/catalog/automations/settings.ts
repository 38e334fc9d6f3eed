import * as z from "zod";
import type { Text } from "#db/words/locales.ts";
import { impersonal } from "#server/catalog/actions/payload.ts";

/** By which of the client's flows a customer is written to; consent to it is looked for. */
export const channelField = z
  .enum(["email", "sms"])
  .default("email")
  .meta({
    label: { en: "Written by", fr: "Envoyé par", he: "נשלח באמצעות" },
    choices: {
      email: { en: "Email", fr: "E-mail", he: "אימייל" },
      sms: { en: "Text message", fr: "SMS", he: "הודעת SMS" },
    },
  });

const eventLabel: Text = { en: "Event in Klaviyo", fr: "Événement dans Klaviyo", he: "אירוע ב-Klaviyo" };

/** The name of the event on which the client's flow starts; `label` where an automation has several. */
export const metricField = (name: string, label: Text = eventLabel) =>
  impersonal(127)
    .default(name)
    .meta({
      label,
      hint: {
        en: "The metric that your Klaviyo flow starts on.",
        fr: "La métrique sur laquelle démarre votre flux Klaviyo.",
        he: "המדד שממנו התהליך שלך ב-Klaviyo מתחיל.",
      },
    });

/** What a code takes off; without one nothing is at stake. */
export const discountPercentField = z
  .number()
  .int()
  .min(0)
  .max(50)
  .default(0)
  .meta({
    label: { en: "Discount, percent", fr: "Remise, en pourcentage", he: "הנחה, באחוזים" },
    hint: {
      en: "0 sends no code. A code is for this customer alone, works once, and ends.",
      fr: "0 : aucun code. Un code est réservé à ce client, ne sert qu’une fois et a une fin.",
      he: "0: בלי קוד. הקוד מיועד ללקוח הזה בלבד, תקף פעם אחת ויש לו תאריך סיום.",
    },
  });

export const discountDaysField = z
  .number()
  .int()
  .min(1)
  .max(90)
  .default(14)
  .meta({ label: { en: "The code lasts, days", fr: "Durée du code, jours", he: "תוקף הקוד, ימים" } });
