import type { ParamsFor, Saying } from "#db/words/locales.ts";
import type { ConnectionCode, connectionCodes } from "./schemas.ts";

/** Something that is said of a connection. */
export const ofConnection = <C extends ConnectionCode>(code: C, ...[params = {}]: ParamsFor<(typeof connectionCodes)[C]>): Saying => ({
  code: `connection.${code}`,
  params,
});
