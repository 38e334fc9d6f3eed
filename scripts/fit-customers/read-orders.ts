import { readCsv } from "#sandbox/shop/read-csv.ts";
import { groupHistories, type HistoryGroup } from "#server/models/bg-nbd/group-histories.ts";
import type { Occasion, OrderBook } from "./order-book.ts";

/** What a column holds, and the names by which it is known where none is given. Case does not matter. */
export const columnNames = {
  customer: ["customer", "customer_id", "customerid", "customer id"],
  date: ["date", "created_at", "invoicedate", "order_date"],
  order: ["order", "order_id", "invoiceno", "invoice"],
  amount: ["amount", "total", "total_price", "value"],
  quantity: ["quantity"],
  price: ["unitprice", "unit_price", "price"],
} as const;
export type Column = keyof typeof columnNames;

const summaryNames = ["frequency", "recency", "t"] as const;
const dayMs = 86_400_000;

export interface OrderFile {
  path: string;
  /** Names of columns in place of the known ones. */
  columns: Partial<Record<Column, string>>;
  /** The last day that is known; null for that of the last order. */
  until: number | null;
  /** How the id of a cancelled order begins; null where no id says it. */
  cancelledPrefix: string | null;
}

export interface RowCounts {
  read: number;
  withoutCustomer: number;
  /** Of a negative quantity or amount, or by their order's id. */
  cancelled: number;
  /** Of days after the last that is known. */
  later: number;
}

export type CustomerFile =
  | { kind: "orders"; book: OrderBook; rows: RowCounts }
  | { kind: "summary"; histories: HistoryGroup[]; rows: Pick<RowCounts, "read"> };

/** A file that cannot be read as one of either kind; the message says why. */
export class UnreadableFile extends Error {}

/** Reads a file of orders, or of histories where its header has frequency, recency and T. Throws an UnreadableFile. */
export async function readOrders(file: OrderFile): Promise<CustomerFile> {
  const rows = readCsv(file.path);
  const header = (await rows.next()).value;
  if (!Array.isArray(header)) throw new UnreadableFile("The file is empty.");
  const names = header.map((name) => name.trim().toLowerCase());
  return summaryNames.every((name) => names.includes(name)) ? readSummary(rows, names) : readLines(rows, names, file);
}

async function readSummary(rows: AsyncIterable<string[]>, names: readonly string[]): Promise<CustomerFile> {
  const [frequencyAt = 0, recencyAt = 0, ageAt = 0] = summaryNames.map((name) => names.indexOf(name));
  const histories: HistoryGroup[] = [];
  for await (const fields of rows) {
    const [frequency, recency, age] = [fields[frequencyAt], fields[recencyAt], fields[ageAt]].map((text) =>
      readNumber(text, histories.length),
    );
    histories.push({ frequency: frequency ?? 0, recency: recency ?? 0, age: age ?? 0, customers: 1 });
  }
  try {
    return { kind: "summary", histories: groupHistories(histories), rows: { read: histories.length } };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UnreadableFile(`The file has a history that cannot be: ${error.message}.`);
  }
}

async function readLines(rows: AsyncIterable<string[]>, names: readonly string[], file: OrderFile): Promise<CustomerFile> {
  const at = findColumns(names, file.columns);
  const counts: RowCounts = { read: 0, withoutCustomer: 0, cancelled: 0, later: 0 };
  const lines: { customer: string; day: number; amount: number }[] = [];
  for await (const fields of rows) {
    const text = (column: Column) => (at[column] === undefined ? undefined : fields[at[column]]?.trim());
    const number = (column: Column) => (at[column] === undefined ? undefined : readNumber(text(column), counts.read));
    const customer = text("customer") ?? "";
    const amount = number("amount") ?? (at.price === undefined ? undefined : (number("quantity") ?? 1) * (number("price") ?? 0));
    const isCancelled =
      (amount ?? 0) < 0 ||
      (number("quantity") ?? 0) < 0 ||
      (file.cancelledPrefix !== null && (text("order") ?? "").startsWith(file.cancelledPrefix));
    counts.read++;
    if (customer === "") counts.withoutCustomer++;
    else if (isCancelled) counts.cancelled++;
    else lines.push({ customer, day: readDay(text("date"), counts.read), amount: amount ?? 0 });
  }
  const until = file.until ?? lines.reduce((last, { day }) => Math.max(last, day), 0);
  const known = lines.filter(({ day }) => day <= until);
  counts.later = lines.length - known.length;
  return {
    kind: "orders",
    book: { customers: occasionsOf(known), until, hasAmounts: at.amount !== undefined || at.price !== undefined },
    rows: counts,
  };
}

function findColumns(
  names: readonly string[],
  given: Partial<Record<Column, string>>,
): Partial<Record<Column, number>> & Record<"customer" | "date", number> {
  const found: Partial<Record<Column, number>> = {};
  for (const column of Object.keys(columnNames) as Column[]) {
    const name = given[column];
    const known: readonly string[] = name === undefined ? columnNames[column] : [name.toLowerCase()];
    const place = names.findIndex((each) => known.includes(each));
    if (place >= 0) found[column] = place;
    else if (name !== undefined) throw new UnreadableFile(`The file has no column ${name}.`);
  }
  const { customer, date } = found;
  if (customer === undefined) throw new UnreadableFile("Which column is the customer? Name it with --customer.");
  if (date === undefined) throw new UnreadableFile("Which column is the date? Name it with --date.");
  return { ...found, customer, date };
}

function occasionsOf(lines: readonly { customer: string; day: number; amount: number }[]): Occasion[][] {
  const byCustomer = new Map<string, Map<number, number>>();
  for (const { customer, day, amount } of lines) {
    const days = byCustomer.get(customer) ?? new Map<number, number>();
    days.set(day, (days.get(day) ?? 0) + amount);
    byCustomer.set(customer, days);
  }
  return [...byCustomer.values()].map((days) => [...days].map(([day, amount]) => ({ day, amount })).sort((x, y) => x.day - y.day));
}

/** Days since 1970-01-01 of a date that begins with YYYY-MM-DD, or is YYYYMMDD; null of another. */
export function dayOf(text: string): number | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]|$)/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text) ?? [];
  const at = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  return Number.isNaN(at) ? null : at / dayMs;
}

function readDay(text: string | undefined, row: number): number {
  const day = dayOf(text ?? "");
  if (day === null) throw new UnreadableFile(`Row ${row}: ${text} is no date like 2026-01-31.`);
  return day;
}

function readNumber(text: string | undefined, before: number): number {
  const number = Number(text);
  if (text === undefined || text === "" || !Number.isFinite(number)) throw new UnreadableFile(`Row ${before + 1}: ${text} is no number.`);
  return number;
}
