import { encodeBase32LowerCaseNoPadding } from "@oslojs/encoding";

export type IdPrefix =
  | "usr"
  | "ses"
  | "lnk"
  | "inv"
  | "con"
  | "run"
  | "act"
  | "aud"
  | "ddl"
  | "mai"
  | "req"
  | "ren"
  | "dbt"
  | "inc"
  | "whk"
  | "prv"
  | "rev"
  | "exp"
  | "del"
  | "ntc"
  | "loa"
  | "wrq"
  | "fnd"
  | "flw"
  | "reh";

/**
 * A prefixed id that sorts by time: 48 bits of milliseconds, then 80 random bits, in base32 with sortable digits
 * (`con_0000…`). `now` is in milliseconds.
 */
export function newId(prefix: IdPrefix, now: number, random: Uint8Array = crypto.getRandomValues(new Uint8Array(10))): string {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(now) << 16n);
  bytes.set(random.subarray(0, 10), 6);
  return `${prefix}_${sortable(encodeBase32LowerCaseNoPadding(bytes))}`;
}

const rfc4648 = "abcdefghijklmnopqrstuvwxyz234567";
const base32hex = "0123456789abcdefghijklmnopqrstuv";

/** RFC 4648 base32 puts letters before digits, which breaks the order; its "hex" digits keep it. */
const sortable = (text: string) => text.replace(/[a-z2-7]/g, (digit) => base32hex.charAt(rfc4648.indexOf(digit)));

export const idPattern = (prefix: IdPrefix) => new RegExp(`^${prefix}_[0-9a-v]{26}$`);
