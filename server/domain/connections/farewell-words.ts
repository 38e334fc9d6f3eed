import type { Provider } from "#server/catalog/provider.ts";
import type { Text } from "#server/catalog/text.ts";
import type { Farewell } from "./schemas.ts";

/** What a person should know of our access at the provider after disconnecting; null where nothing is left there. */
export function remarkOn(farewell: Farewell, provider: Provider): Text | null {
  const { name, key } = provider;
  const there = byHand(placeOfRemoval(provider));
  switch (farewell) {
    case "returned":
    case "gone":
      return null;
    case "unreached":
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
