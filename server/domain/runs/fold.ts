/** Bytes of one bound JSON text; D1 refuses values above 2 MB, and a text is at most three bytes a character. */
const maxLength = 500_000;

/** Rows as JSON texts `[row, ...]`, as few as their size allows. */
export function foldRows(rows: readonly (readonly unknown[])[], limit = maxLength): string[] {
  const texts: string[][] = [[]];
  let size = 0;
  for (const row of rows) {
    const text = JSON.stringify(row);
    if (size > 0 && size + text.length > limit) {
      texts.push([]);
      size = 0;
    }
    texts.at(-1)?.push(text);
    size += text.length + 1;
  }
  return texts.filter((open) => open.length > 0).map((open) => `[${open.join(",")}]`);
}

/** Rows that belong to one run. */
export interface Group {
  run: string;
  rows: readonly (readonly unknown[])[];
}

/**
 * JSON texts `[[run, [row, ...]], ...]` for json_each, as few as their size allows: so that the rows of a hundred runs are
 * one statement with one bound value.
 */
export function fold(groups: readonly Group[], limit = maxLength): string[] {
  const texts: string[] = [];
  let open: string[] = [];
  let size = 0;
  for (const { run, rows } of groups) {
    let part: string[] = [];
    const closePart = () => {
      if (part.length > 0) open.push(`[${JSON.stringify(run)},[${part.join(",")}]]`);
      part = [];
    };
    for (const row of rows) {
      const text = JSON.stringify(row);
      if (size > 0 && size + text.length > limit) {
        closePart();
        texts.push(`[${open.join(",")}]`);
        open = [];
        size = 0;
      }
      part.push(text);
      size += text.length + 1;
    }
    closePart();
  }
  if (open.length > 0) texts.push(`[${open.join(",")}]`);
  return texts;
}
