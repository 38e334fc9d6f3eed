import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

/** Streams the fields of each line of a CSV file with commas (RFC 4180), gzipped or plain, its header too; empty lines are left out. */
export async function* readCsv(path: string): AsyncGenerator<string[]> {
  const file = createReadStream(path);
  const lines = createInterface({ input: (await isGzip(path)) ? file.pipe(createGunzip()) : file, crlfDelay: Number.POSITIVE_INFINITY });
  let header = true;
  let pending = "";
  for await (const line of lines) {
    const text = pending ? `${pending}\n${line}` : line;
    const fields = splitLine(header ? text.replace(/^\uFEFF/, "") : text);
    // A quoted field may go on in the next line.
    pending = fields === null ? text : "";
    if (fields === null || text === "") continue;
    header = false;
    yield fields;
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
