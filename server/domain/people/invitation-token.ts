import { linkToken, sameText } from "#server/domain/vault/sign-in-tokens.ts";
import type { Config } from "#server/env.ts";
import { idPattern } from "#server/ids.ts";

const separator = ".";

/** What stands in an invitation's link: its id, and 256 bits that only we can derive from it. Nothing of it is stored. */
export const invitationToken = (config: Config, id: string): string => `${id}${separator}${linkToken(config, "invitation", id)}`;

/** The invitation's id, if the token is one of ours; else null. */
export function readInvitationToken(config: Config, token: string): string | null {
  const [id = "", proof = ""] = token.split(separator);
  if (!idPattern("inv").test(id)) return null;
  return sameText(proof, linkToken(config, "invitation", id)) ? id : null;
}
