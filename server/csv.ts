/** So that spreadsheets read accents as what they are. */
export const byteOrderMark = "\uFEFF";

/**
 * What a spreadsheet would take for a formula; the apostrophe says that it is text (OWASP, CSV injection). Spreadsheets overlook white
 * space and invisible characters before the sign, and take its full-width and small forms for it too.
 */
const formula = /^(?:[\t\r\n]|[\s\p{Z}\p{C}]*[=+\-@\u2212\uFE62\uFE63\uFE66\uFE6B\uFF0B\uFF0D\uFF1D\uFF20])/u;

/** One line of CSV (RFC 4180), with its end. Numbers and nothing stay as they are, text that looks like a formula is marked as text. */
export const csvLine = (cells: readonly unknown[]): string => `${cells.map(cell).join(",")}\r\n`;

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const safe = formula.test(text) ? `'${text}` : text;
  // A semicolon parts cells where the comma is for decimals.
  return /[",;\t\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
