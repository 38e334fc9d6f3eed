import { existsSync } from "node:fs";
import type { Fitted, Fitting } from "./fit-customers/fit-book.ts";
import { type CustomerFile, columnNames, dayOf, readOrders, UnreadableFile } from "./fit-customers/read-orders.ts";
import { tableOfFit } from "./fit-customers/table-of-fit.ts";
import { readOptions, refuseCall } from "./read-options.ts";

const usage = `npm run fit-customers -- FILE [--until DATE] [--unit week] [--json]

FILE is a CSV with a header, gzipped or plain: one row an order or a line of one. Known columns (case does not matter):
${Object.entries(columnNames)
  .map(([column, names]) => `  ${column.padEnd(9)} ${names.join(", ")}`)
  .join("\n")}
Dates begin with YYYY-MM-DD. What orders are worth is the amount, or quantity times price; it need not be there. A summary is read too: a
file with frequency (repeat purchases), recency (from first to last) and T (from first to the end), in any unit of time.

  --until DATE           the last day that is known (without it the last order's); rows of later days are left out and counted
  --unit day|week        the unit of time of what is answered (day)
  --within DAYS          how far ahead is foretold, and tried on the last so many days of the file (90)
  --customer NAME        the customer's column, and so on: --date, --order, --amount, --quantity, --price
  --cancelled-prefix C   orders whose id begins so are cancelled; rows of a negative quantity or amount always are
  --json                 one JSON object

Fits BG/NBD and Gamma-Gamma in workerd. What a customer ordered on one day is one purchase. Rows without a customer and cancelled ones
are left out and counted. Ends with 0, or with 2 where the file cannot be read.
`;

const { values, positionals } = readOptions(usage, {
  allowPositionals: true,
  options: {
    until: { type: "string" },
    unit: { type: "string", default: "day" },
    within: { type: "string", default: "90" },
    customer: { type: "string" },
    date: { type: "string" },
    order: { type: "string" },
    amount: { type: "string" },
    quantity: { type: "string" },
    price: { type: "string" },
    "cancelled-prefix": { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const [path, ...others] = positionals;
if (path === undefined || others.length > 0) refuseCall(usage, "Which file? Name one.");
if (!existsSync(path)) refuseCall(usage, `There is no file ${path}.`);
const until = values.until === undefined ? null : dayOf(values.until);
if (values.until !== undefined && until === null) refuseCall(usage, `--until is a date like 2026-01-31, not ${values.until}.`);
const { unit } = values;
if (unit !== "day" && unit !== "week") refuseCall(usage, `--unit is day or week, not ${unit}.`);
const withinDays = Number(values.within);
if (!(Number.isSafeInteger(withinDays) && withinDays > 0)) refuseCall(usage, `--within is a number of days, not ${values.within}.`);

const file = await readFile(path);
const fitted = await fitFile(file);
if (values.json) process.stdout.write(`${JSON.stringify({ file: path, ...sizeOf(file), rows: file.rows, ...fitted })}\n`);
else process.stdout.write(tableOfFit(file, fitted, { unit, withinDays }));

async function readFile(path: string): Promise<CustomerFile> {
  const { customer, date, order, amount, quantity, price, "cancelled-prefix": cancelledPrefix = null } = values;
  const columns = Object.entries({ customer, date, order, amount, quantity, price }).filter(([, name]) => name !== undefined);
  try {
    const read = await readOrders({ path, columns: Object.fromEntries(columns), until, cancelledPrefix });
    const isEmpty = read.kind === "orders" ? read.book.customers.length === 0 : read.histories.length === 0;
    return isEmpty ? refuseCall(usage, "No row of the file has a customer who bought by then.") : read;
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return refuseCall(usage, error.message);
  }
}

async function fitFile(file: CustomerFile): Promise<Fitted> {
  const fitting: Fitting =
    file.kind === "orders" ? { book: file.book, unitDays: unit === "week" ? 7 : 1, withinDays } : { histories: file.histories };
  // Only now, since Miniflare takes a second to load: a call that is refused says so at once.
  const { startModelWorker } = await import("./model-worker.ts");
  const worker = await startModelWorker("fit-customers/worker.ts");
  try {
    return await worker.ask<Fitted>("/", fitting);
  } finally {
    await worker.stop();
  }
}

function sizeOf(file: CustomerFile) {
  if (file.kind === "summary") return {};
  const { customers, until } = file.book;
  const day = new Date(until * 86_400_000).toISOString().slice(0, 10);
  return { unit, until: day, withinDays, occasions: customers.reduce((sum, { length }) => sum + length, 0) };
}
