import { readCsv } from "./read-csv.ts";

/** One line of the shop's file. `at` is clock time in the shop's timezone, as text. */
export interface SaleLine {
  invoice: string;
  code: string;
  title: string;
  quantity: number;
  at: string;
  price: string;
  /** Empty: a guest. */
  customer: string;
  country: string;
}

const columns = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"];

/** Streams the lines of a file in UCI Online Retail's form, gzipped or plain. Throws when the header is another. */
export async function* readSales(path: string): AsyncGenerator<SaleLine> {
  let header = true;
  for await (const fields of readCsv(path)) {
    if (header) {
      if (fields.join(",") !== columns.join(",")) throw new Error(`${path}: the first line should be ${columns.join(",")}`);
      header = false;
      continue;
    }
    const [invoice = "", code = "", title = "", quantity = "", at = "", price = "", customer = "", country = ""] = fields;
    yield { invoice, code, title: title.trim(), quantity: Number(quantity), at, price, customer: customer.replace(/\.0$/, ""), country };
  }
}
