import type { Farewell } from "#db/words/connections.ts";
import type { Saying } from "#db/words/locales.ts";
import { placeOfRemoval } from "#server/catalog/place-of-removal.ts";
import type { Provider } from "#server/catalog/provider.ts";
import { ofConnection } from "#server/domain/connections/of-connection.ts";

/**
 * What a person should know of our access at the provider after disconnecting; null where nothing is left there. `retried`: we go on
 * trying to give it back, so that nobody has to do it by hand.
 */
export function remarkOn(farewell: Farewell, { name: provider, key, oauth }: Provider, { retried }: { retried: boolean }): Saying | null {
  const place = placeOfRemoval({ name: provider, oauth });
  switch (farewell) {
    case "returned":
    case "gone":
    case "removed":
      return null;
    case "unreached":
      return retried ? ofConnection("left_retried", { provider }) : ofConnection("left_unreached", { provider, place });
    case "by_hand":
      return ofConnection("left_listed", { provider, place });
    case "key":
      return key?.removal ? ofConnection("left_key_at", { provider, place: key.removal }) : ofConnection("left_key", { provider });
    default:
      return farewell satisfies never;
  }
}
