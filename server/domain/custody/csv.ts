/** So that spreadsheets read accents as what they are. */
export const byteOrderMark = "\uFEFF";

/** What a spreadsheet would take for a formula; the apostrophe says that it is text (OWASP, CSV injection). */
const formula = /^[=+\-@\t\r]/;

/** One line of CSV (RFC 4180), with its end. Numbers and nothing stay as they are, text that looks like a formula is marked as text. */
export const csvLine = (cells: readonly unknown[]): string => `${cells.map(cell).join(",")}\r\n`;

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
