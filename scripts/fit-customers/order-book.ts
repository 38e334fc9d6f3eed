/** What a shop's customers bought on which days. */
export interface OrderBook {
  /** Each customer's occasions by day, ascending; what it bought on one day is one. */
  customers: Occasion[][];
  /** The last day that is known, counted as the occasions' days are. */
  until: number;
  /** Whether the file says what orders were worth. */
  hasAmounts: boolean;
}

export interface Occasion {
  /** Days since 1970-01-01. */
  day: number;
  /** What was bought on it, in the file's currency; 0 where the file does not say. */
  amount: number;
}
