import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

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
  const file = createReadStream(path);
  const lines = createInterface({ input: (await isGzip(path)) ? file.pipe(createGunzip()) : file, crlfDelay: Number.POSITIVE_INFINITY });
  let header = true;
  let pending = "";
  for await (const line of lines) {
    const text = pending ? `${pending}\n${line}` : line;
    const fields = splitLine(text);
    // A quoted field may go on in the next line.
    pending = fields === null ? text : "";
    if (fields === null) continue;
    if (header) {
      if (fields.join(",").replace(/^\uFEFF/, "") !== columns.join(","))
        throw new Error(`${path}: the first line should be ${columns.join(",")}`);
      header = false;
      continue;
    }
    if (text === "") continue;
    const [invoice = "", code = "", title = "", quantity = "", at = "", price = "", customer = "", country = ""] = fields;
    yield { invoice, code, title: title.trim(), quantity: Number(quantity), at, price, customer: customer.replace(/\.0$/, ""), country };
  }
}

async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path);
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  await handle.close();
  return buffer[0] === 0x1f && buffer[1] === 0x8b;
}

/** The fields of one line; null when a quoted field is still open. */
function splitLine(line: string): string[] | null {
  if (!line.includes('"')) return line.split(",");
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let index = 0; index < line.length; index++) {
    const character = line[index];
    if (quoted) {
      if (character !== '"') field += character;
      else if (line[index + 1] === '"') {
        field += '"';
        index += 1;
      } else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ",") {
      fields.push(field);
      field = "";
    } else field += character;
  }
  if (quoted) return null;
  fields.push(field);
  return fields;
}
