import * as z from "zod";
import type { Text } from "#db/words/locales.ts";
import { pixelEvents } from "#server/catalog/pixel.ts";
import { type Doing, defineAction } from "./action.ts";
import { askShop, changeShop } from "./shopify-wire.ts";

const Payload = z.strictObject({ events: z.tuple([z.enum(pixelEvents)]), consent: z.literal("analytics") });
type Payload = z.output<typeof Payload>;

const Pixel = z.object({ webPixel: z.object({ id: z.string() }).nullish() });
const labels = {
  events: { en: "Told of", fr: "Signale", he: "מדווח על" },
  consent: { en: "Only with consent to", fr: "Seulement avec accord pour", he: "רק בהסכמה ל" },
} satisfies Record<string, Text>;
const without: Text = {
  en: "Completed checkouts of your storefront aren’t counted.",
  fr: "Les paiements aboutis de la boutique en ligne ne sont pas comptés.",
  he: "תשלומים שהושלמו באתר החנות לא נספרים.",
};

/**
 * Puts our app's pixel into the shop's storefront (`shopify/extensions/web-pixel`), which is in no shop before. A shop has one of an app: where it is there
 * already nothing is left to do (code `TAKEN` of Shopify's ErrorsWebPixelUserErrorCode).
 */
export const shopifyWebPixel = defineAction<Payload>({
  id: "shopify-web-pixel",
  title: { en: "Count completed checkouts", fr: "Compter les paiements aboutis", he: "ספירת תשלומים שהושלמו" },
  need: {
    provider: "shopify",
    scopes: ["write_pixels", "read_customer_events"],
    optionalScopes: [
      { scope: "write_pixels", without },
      { scope: "read_customer_events", without },
    ],
  },
  payload: Payload,
  touches: "internal",
  describe: ({ events, consent }) => ({
    sentence: {
      en: "Add Atrium’s pixel to your storefront. It tells that a checkout was completed, and nothing of who or what.",
      fr: "Ajouter le pixel d’Atrium à votre boutique en ligne. Il signale qu’un paiement a abouti, rien de qui ni de quoi.",
      he: "הוספת הפיקסל של Atrium לאתר החנות. הוא מדווח שתשלום הושלם, ושום דבר על מי ועל מה.",
    },
    fields: [
      { label: labels.events, value: events.join(", ") },
      { label: labels.consent, value: consent },
    ],
  }),
  idempotency: "natural",
  execute: (doing) =>
    changeShop(
      doing,
      {
        query:
          "mutation ($pixel: WebPixelInput!) { webPixelCreate(webPixel: $pixel) { webPixel { id } userErrors { code field message } } }",
        ...{ variables: { pixel: { settings: "{}" } }, field: "webPixelCreate", shape: Pixel, repeatable: true },
      },
      {
        receiptOf: (own) => ({ id: own?.webPixel?.id ?? null }),
        refused: async (errors) =>
          errors.every(({ code }) => code === "TAKEN") ? { did: "done", receipt: { id: await pixelAt(doing) } } : null,
      },
    ),
  undo: (doing, _, { id }) =>
    changeShop(
      doing,
      {
        query: "mutation ($id: ID!) { webPixelDelete(id: $id) { deletedWebPixelId userErrors { code field message } } }",
        ...{ variables: { id }, field: "webPixelDelete", shape: z.looseObject({}), repeatable: true },
      },
      {
        receiptOf: () => ({ id }),
        refused: async (errors) => (errors.every(({ code }) => code === "NOT_FOUND") ? { did: "done", receipt: { id } } : null),
      },
    ),
});

const pixelAt = async ({ account }: Pick<Doing, "account">): Promise<string | null> =>
  (await askShop(account, { query: "{ webPixel { id } }", variables: {} }, z.object({ data: Pixel }))).data.webPixel?.id ?? null;
