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

/** One line's amount in minor units (1/100), rounded half up. Both figures are positive. */
export function roundedLine(quantity: number, price: Price): number {
  if (price.places <= 2) return Number(price.amount * 10n ** BigInt(2 - price.places)) * quantity;
  const scale = 10n ** BigInt(price.places - 2);
  return Number((price.amount * BigInt(quantity) * 2n + scale) / (scale * 2n));
}

/** Minor units as Shopify's MoneyV2 writes them: at least one decimal, no trailing zero beyond it. */
export function moneyText(minor: number): string {
  const text = `${Math.trunc(minor / 100)}.${String(Math.abs(minor) % 100).padStart(2, "0")}`;
  return text.endsWith("0") ? text.slice(0, -1) : text;
}
