import { type Currency, digitsOf } from "#sandbox/currencies.ts";

/** A decimal price as an exact fraction: `amount / 10 ** places`. Source figures are text, so nothing is lost on the way. */
export interface Price {
  amount: bigint;
  places: number;
}

export function parsePrice(text: string): Price {
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text.trim());
  if (!match || (!match[2] && !match[3])) throw new Error(`not a price: ${JSON.stringify(text)}`);
  const fraction = match[3] ?? "";
  const amount = BigInt(`${match[2] ?? ""}${fraction}` || "0");
  return { amount: match[1] ? -amount : amount, places: fraction.length };
}

/** One line's amount in minor units, rounded half up. Both figures are positive. */
export function roundedLine(quantity: number, price: Price, currency: Currency = "GBP"): number {
  const digits = digitsOf(currency);
  if (price.places <= digits) return Number(price.amount * 10n ** BigInt(digits - price.places)) * quantity;
  const scale = 10n ** BigInt(price.places - digits);
  return Number((price.amount * BigInt(quantity) * 2n + scale) / (scale * 2n));
}

/** Minor units as a decimal with all of the currency's decimals: "2.50", "1990", "12.340". */
export function decimalOf(minor: number, currency: Currency): string {
  const digits = digitsOf(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  return `${minor < 0 ? "-" : ""}${whole}${digits > 0 ? `.${text.slice(-digits)}` : ""}`;
}

/** Minor units as Shopify's MoneyV2 writes them: at least one decimal, no trailing zero beyond it, whatever the currency. */
export function amountText(minor: number, currency: Currency): string {
  const text = decimalOf(minor, currency);
  return text.includes(".") ? text.replace(/(\.\d+?)0+$/, "$1") : `${text}.0`;
}

/** Pence as MoneyV2 writes them. */
export const moneyText = (pence: number): string => amountText(pence, "GBP");
