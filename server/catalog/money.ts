import { z } from "zod";

const exponents = new Map<string, number>();

/** How many decimals a currency's minor unit has (ISO 4217): GBP 2, JPY 0, KWD 3. */
export function exponentOf(currency: string): number {
  let exponent = exponents.get(currency);
  if (exponent === undefined) {
    exponent = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
    exponents.set(currency, exponent);
  }
  return exponent;
}

const decimal = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/;

/** A decimal number as providers write amounts: a string, so that nothing is lost to a float. */
export const Decimal = z.string().regex(decimal, "not a decimal number");

/**
 * A decimal string ("403.0", "-0.5", "1.2E7") as integer minor units of its currency. No float is on the way; digits beyond the
 * minor unit are rounded half away from zero. Throws `RangeError` for what is no decimal number.
 */
export function minorUnits(amount: string, currency: string): number {
  const match = decimal.exec(amount);
  if (!match) throw new RangeError("not a decimal number");
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  const digits = whole + fraction;
  // How many of the digits stand before the minor unit's own point.
  const kept = whole.length + Number(power) + exponentOf(currency);
  const units = kept > 0 ? BigInt(digits.slice(0, kept).padEnd(kept, "0")) : 0n;
  const rounded = units + (kept >= 0 && digits.charAt(kept) >= "5" ? 1n : 0n);
  const minor = Number(sign ? -rounded : rounded);
  if (!Number.isSafeInteger(minor)) throw new RangeError("an amount beyond what can be counted");
  return minor === 0 ? 0 : minor;
}
