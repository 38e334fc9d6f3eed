import type { Farewell } from "#db/words/connections.ts";
import type { Text } from "#db/words/locales.ts";
import type { Provider } from "#server/catalog/provider.ts";

/**
 * What a person should know of our access at the provider after disconnecting; null where nothing is left there. `retried`: we go on
 * trying to give it back, so that nobody has to do it by hand.
 */
export function remarkOn(farewell: Farewell, provider: Provider, { retried }: { retried: boolean }): Text | null {
  const { name, key } = provider;
  const there = byHand(placeOfRemoval(provider));
  switch (farewell) {
    case "returned":
    case "gone":
    case "removed":
      return null;
    case "unreached":
      if (retried) return keptTrying(provider);
      return {
        en: `We destroyed our access, but could not tell ${name}. ${there.en}`,
        fr: `Notre accès est détruit, mais nous n’avons pas pu prévenir ${name}. ${there.fr}`,
        he: `הגישה שלנו הושמדה, אך לא הצלחנו להודיע ל-${name}. ${there.he}`,
      };
    case "by_hand":
      return {
        en: `We destroyed our access. ${name} still lists the app. ${there.en}`,
        fr: `Notre accès est détruit. ${name} affiche encore l’application. ${there.fr}`,
        he: `הגישה שלנו הושמדה. ${name} עדיין מציג את האפליקציה. ${there.he}`,
      };
    case "key": {
      const place = key?.removal;
      return {
        en: `We destroyed the key here. It stays good at ${name} until you delete it there${place ? `: ${place.en}` : ""}.`,
        fr: `La clé est détruite ici. Elle reste valable chez ${name} tant que vous ne l’y supprimez pas${place ? ` : ${place.fr}` : ""}.`,
        he: `המפתח הושמד כאן. הוא נשאר תקף ב-${name} עד שתמחקו אותו שם${place ? `: ${place.he}` : ""}.`,
      };
    }
    default:
      return farewell satisfies never;
  }
}

const keptTrying = ({ name }: Provider): Text => ({
  en: `We no longer use our access. ${name} hasn't confirmed yet, so we keep trying to revoke it there. You don't have to do anything.`,
  fr: `Nous n’utilisons plus notre accès. ${name} n’a pas encore confirmé : nous continuons d’essayer de le révoquer. Vous n’avez rien à faire.`,
  he: `איננו משתמשים עוד בגישה שלנו. ${name} עדיין לא אישר, ואנחנו ממשיכים לנסות לבטל אותה שם. אין צורך לעשות דבר.`,
});

/** The way there by hand. */
function byHand(place: Text): Text {
  return {
    en: `Please remove it there by hand: ${place.en}.`,
    fr: `Veuillez la retirer là-bas à la main : ${place.fr}.`,
    he: `יש להסיר אותה שם ידנית: ${place.he}.`,
  };
}

/** Where a person takes our access away at the provider. */
export const placeOfRemoval = ({ name, oauth }: Pick<Provider, "name" | "oauth">): Text =>
  oauth?.removal ?? {
    en: `the apps of your ${name} account`,
    fr: `les applications de votre compte ${name}`,
    he: `האפליקציות בחשבון ${name}`,
  };
