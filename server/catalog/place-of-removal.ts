import type { Text } from "#db/words/locales.ts";
import type { Provider } from "./provider.ts";

/** Where a person takes our access away at the provider. */
export const placeOfRemoval = ({ name, oauth }: Pick<Provider, "name" | "oauth">): Text =>
  oauth?.removal ?? {
    en: `the apps of your ${name} account`,
    fr: `les applications de votre compte ${name}`,
    he: `האפליקציות בחשבון ${name}`,
  };
