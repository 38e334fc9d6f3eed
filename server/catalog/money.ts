import * as z from "zod";
import { currencies } from "./currencies.ts";

/** An amount in a currency whose minor unit we do not know: it cannot be counted, and is not guessed at. */
export class UnknownCurrency extends RangeError {
  override name = "UnknownCurrency";
  readonly currency: string;

  constructor(currency: string) {
    super(`The currency ${JSON.stringify(currency.slice(0, 20))} is not known.`);
    this.currency = currency;
  }
}

/** How many decimals a currency's minor unit has (ISO 4217): GBP 2, JPY 0, KWD 3. Throws `UnknownCurrency`. */
export function exponentOf(currency: string): number {
  const exponent = currencies.get(currency);
  if (exponent === undefined) throw new UnknownCurrency(currency);
  return exponent;
}

const decimal = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/;

/** A decimal number as providers write amounts: a string, so that nothing is lost to a float. */
export const Decimal = z.string().regex(decimal, "not a decimal number");

/**
 * A decimal string ("403.0", "-0.5", "1.2E7") as integer minor units of its currency. No float is on the way; digits beyond the
 * minor unit are rounded half away from zero. Throws `RangeError` for what is no decimal number, `UnknownCurrency` with its name.
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

/** Integer minor units as the decimal string that providers read: (4990, "EUR") is "49.90", (500, "JPY") "500". Throws `UnknownCurrency`. */
export function decimalOf(minor: number, currency: string): string {
  const exponent = exponentOf(currency);
  const digits = String(Math.abs(minor)).padStart(exponent + 1, "0");
  const at = digits.length - exponent;
  return `${minor < 0 ? "-" : ""}${digits.slice(0, at)}${exponent > 0 ? `.${digits.slice(at)}` : ""}`;
}
