import type { Config } from "#server/env.ts";
import { importKey, VaultError } from "./envelope.ts";

export interface RootKey {
  id: string;
  key: CryptoKey;
}

/** The root key that wraps from now on: the first of VAULT_KEYS. */
export function currentRootKeyId(config: Config): string {
  const [first] = config.VAULT_KEYS;
  if (!first) throw new VaultError("there is no root key", { closedBy: "key" });
  return first[0];
}

/** A root key by its id, current or older. Throws `VaultError` when VAULT_KEYS no longer holds it. */
export async function findRootKey(config: Config, id: string): Promise<RootKey> {
  const pair = config.VAULT_KEYS.find(([known]) => known === id);
  if (!pair) throw new VaultError(`the root key ${id} is not in VAULT_KEYS`, { closedBy: "key" });
  return { id, key: await importKey(Uint8Array.from(atob(pair[1]), (char) => char.charCodeAt(0))) };
}
