/**
 * The currencies that the sandbox's accounts keep their books in: the digits of the minor unit (ISO 4217), what one pound is
 * worth in it (made up, and always the same), and to how many minor units a shop there rounds its prices.
 */
const currencies = {
  GBP: { digits: 2, perPound: 1, step: 1 },
  EUR: { digits: 2, perPound: 1.16, step: 5 },
  USD: { digits: 2, perPound: 1.32, step: 1 },
  CAD: { digits: 2, perPound: 1.84, step: 5 },
  AUD: { digits: 2, perPound: 2.02, step: 5 },
  ILS: { digits: 2, perPound: 4.3, step: 10 },
  HUF: { digits: 2, perPound: 445, step: 1000 },
  JPY: { digits: 0, perPound: 205, step: 10 },
  KWD: { digits: 3, perPound: 0.405, step: 5 },
} as const;

export type Currency = keyof typeof currencies;
export const currencyCodes = Object.keys(currencies) as Currency[];

/** How many decimals amounts of a currency have. */
export const digitsOf = (currency: Currency): number => currencies[currency].digits;

/** Pence as minor units of another currency, rounded as shops of that currency round their prices. */
export function priceInMinor(pence: number, currency: Currency): number {
  if (currency === "GBP") return pence;
  const { step } = currencies[currency];
  return Math.max(step, Math.round(exchange(pence, "GBP", currency) / step) * step);
}

/** Minor units of one currency in another's, unrounded. */
export function exchange(minor: number, from: Currency, to: Currency): number {
  const [a, b] = [currencies[from], currencies[to]];
  return (minor / 10 ** a.digits / a.perPound) * b.perPound * 10 ** b.digits;
}
