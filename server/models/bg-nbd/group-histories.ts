/** What is known of how often a customer bought, in one unit of time throughout (days, weeks). */
export interface CustomerHistory {
  /** Days with an order after the first such day: repeat purchases, a whole number. */
  frequency: number;
  /** From the first to the last of them; 0 for who bought once. */
  recency: number;
  /** From the first purchase to the end of what is known. */
  age: number;
}

/** Customers with one and the same history. */
export interface HistoryGroup extends CustomerHistory {
  customers: number;
}

/**
 * Histories with equal ones put together, by frequency, then recency, then age: whatever order or batches they came in, the same
 * groups come out. Groups may be grouped again. Throws a RangeError for a history that cannot be.
 */
export function groupHistories(histories: Iterable<CustomerHistory | HistoryGroup>): HistoryGroup[] {
  const sorted = [...histories].map(checked).sort((x, y) => x.frequency - y.frequency || x.recency - y.recency || x.age - y.age);
  const groups: HistoryGroup[] = [];
  for (const history of sorted) {
    const last = groups.at(-1);
    if (last?.frequency === history.frequency && last.recency === history.recency && last.age === history.age)
      last.customers += history.customers;
    else groups.push(history);
  }
  return groups;
}

function checked(history: CustomerHistory | HistoryGroup): HistoryGroup {
  const { frequency, recency, age } = history;
  const customers = "customers" in history ? history.customers : 1;
  const isPossible =
    Number.isSafeInteger(frequency) &&
    frequency >= 0 &&
    (frequency === 0 ? recency === 0 : recency > 0) &&
    recency <= age &&
    Number.isFinite(age) &&
    Number.isSafeInteger(customers) &&
    customers > 0;
  if (!isPossible) throw new RangeError(`no customer has ${JSON.stringify({ frequency, recency, age, customers })}`);
  return { frequency, recency, age, customers };
}
