import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from "@oslojs/encoding";

/**
 * What keeps a sealed value closed. `key`: a root key is not in VAULT_KEYS, or is another one under the same name; that is ours to put
 * right, and everything opens again then. `value`: the row is another's, was changed, or its data key is gone: it will never open.
 */
export type ClosedBy = "key" | "value";

/** A sealed value does not open. */
export class VaultError extends Error {
  override name = "VaultError";
  readonly closedBy: ClosedBy;

  constructor(message: string, { closedBy = "value", cause }: { closedBy?: ClosedBy; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.closedBy = closedBy;
  }
}

/** Where a secret lives. It opens there and nowhere else. */
export interface SecretPlace {
  tenant: string;
  connection: string;
  field: string;
}

const algorithm = "AES-GCM";
const ivBytes = 12;
const format = "a1";
const sealedPattern = /^a1\.([1-9]\d{0,8})\.([\w-]{16})\.([\w-]{22,})$/;
const wrappedPattern = /^w1\.([\w-]{16})\.([\w-]{22,})$/;

/** A 256-bit key that cannot be taken out of WebCrypto again. */
export function importKey(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, algorithm, false, ["encrypt", "decrypt"]);
}

/**
 * `a1.<data key version>.<iv>.<ciphertext and tag>`: AES-256-GCM under a tenant's data key. The version is in clear, so that
 * the key can be found, and bound like the place, so that it cannot be changed.
 */
export async function seal(
  key: CryptoKey,
  { place, version, secret }: { place: SecretPlace; version: number; secret: string },
): Promise<string> {
  return `${format}.${version}.${await encrypt(key, placeData(place, version), new TextEncoder().encode(secret))}`;
}

/** The secret that was sealed for this place. Throws `VaultError` for anything else. */
export async function open(key: CryptoKey, { place, sealed }: { place: SecretPlace; sealed: string }): Promise<string> {
  const [, version, iv, text] = sealedPattern.exec(sealed) ?? [];
  if (!version || !iv || !text) throw new VaultError("not a sealed value");
  return new TextDecoder().decode(await decrypt(key, placeData(place, Number(version)), { iv, text, closedBy: "value" }));
}

/** Which version of the tenant's data key opens it. */
export function versionOf(sealed: string): number {
  const version = sealedPattern.exec(sealed)?.[1];
  if (!version) throw new VaultError("not a sealed value");
  return Number(version);
}

/** Whose data key it is, and which root key wraps it. */
export interface KeyPlace {
  tenant: string;
  version: number;
  rootKeyId: string;
}

/** A data key under a root key: `w1.<iv>.<ciphertext and tag>`. The id of the root key stands beside it in its row. */
export async function wrap(rootKey: CryptoKey, { place, dataKey }: { place: KeyPlace; dataKey: Uint8Array<ArrayBuffer> }): Promise<string> {
  return `w1.${await encrypt(rootKey, keyData(place), dataKey)}`;
}

/**
 * The 32 bytes of the data key. Throws `VaultError` for another tenant's, another version's or a changed one, by `key`: with another
 * root key under the same name every client's looks like this, and nobody must be asked to connect again for that.
 */
export async function unwrap(
  rootKey: CryptoKey,
  { place, wrapped }: { place: KeyPlace; wrapped: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const [, iv, text] = wrappedPattern.exec(wrapped) ?? [];
  if (!iv || !text) throw new VaultError("not a wrapped key", { closedBy: "key" });
  return decrypt(rootKey, keyData(place), { iv, text, closedBy: "key" });
}

// JSON keeps the parts apart whatever they contain: no two places have the same associated data.
const placeData = ({ tenant, connection, field }: SecretPlace, version: number) =>
  new TextEncoder().encode(JSON.stringify(["secret", tenant, connection, field, version]));
const keyData = ({ tenant, version, rootKeyId }: KeyPlace) =>
  new TextEncoder().encode(JSON.stringify(["data key", tenant, version, rootKeyId]));

async function encrypt(key: CryptoKey, additionalData: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
  const bytes = await crypto.subtle.encrypt({ name: algorithm, iv, additionalData }, key, data);
  return `${encodeBase64urlNoPadding(iv)}.${encodeBase64urlNoPadding(new Uint8Array(bytes))}`;
}

async function decrypt(
  key: CryptoKey,
  additionalData: Uint8Array<ArrayBuffer>,
  { iv, text, closedBy }: { iv: string; text: string; closedBy: ClosedBy },
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const bytes = await crypto.subtle.decrypt({ name: algorithm, iv: bytesOf(iv), additionalData }, key, bytesOf(text));
    return new Uint8Array(bytes);
  } catch (cause) {
    throw new VaultError("a sealed value does not open here", { closedBy, cause });
  }
}

const bytesOf = (text: string) => new Uint8Array(decodeBase64urlIgnorePadding(text));
