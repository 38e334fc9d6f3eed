import * as z from "zod";
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

/** The name of the event on which the client's flow starts. */
export const metricField = (name: string) =>
  impersonal(127)
    .default(name)
    .meta({
      label: { en: "Event in Klaviyo", fr: "Événement dans Klaviyo", he: "אירוע ב-Klaviyo" },
      hint: {
        en: "The metric that your Klaviyo flow starts on.",
        fr: "La métrique sur laquelle démarre votre flux Klaviyo.",
        he: "המדד שממנו התהליך שלך ב-Klaviyo מתחיל.",
      },
    });
