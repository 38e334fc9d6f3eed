import { type DomainError, domainError } from "#server/errors.ts";
import { currentDataKey, type DataKey, type KeyOwner } from "./data-keys.ts";
import { VaultError } from "./envelope.ts";

/**
 * Makes sure that what comes next can be sealed: before a provider is asked for anything that we then could not keep. Answers the
 * key that seals it. Throws `vault_closed`, with an alarm of ours.
 */
export const requireVault = (ctx: KeyOwner): Promise<DataKey> => whileOpen(ctx, () => currentDataKey(ctx));

/** The same of what opens the vault among other things. */
export async function whileOpen<Found>(ctx: KeyOwner, open: () => Promise<Found>): Promise<Found> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    ctx.log.error("the vault does not open, so that nothing can be stored", { closedBy: error.closedBy, error });
    throw vaultClosed(error);
  }
}

/** Without the key's name. */
export const vaultClosed = (cause: unknown): DomainError => domainError("vault_closed", {}, { cause });
