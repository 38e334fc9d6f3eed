import * as z from "zod";

/** Quotes and brackets that come along when a value is copied out of a file, a mail or a page. */
const quotes = "\\u0022'`“”„‘’«»<>";

/**
 * What people paste around a key, and what is never part of one: invisible characters and line breaks, a label (`API key: …`), the
 * name of a variable (`TELNYX_API_KEY=…`), the word before a token in a header (`Bearer …`), quotes, a comma at the end.
 */
export function unwrap(pasted: string): string {
  let text = pasted.replace(/\p{Cf}|[\r\n\t]/gu, "").trim();
  for (let before = ""; before !== text; ) {
    before = text;
    text = text
      .replace(new RegExp(`^[${quotes}]+|[${quotes},;]+$`, "g"), "")
      .replace(/^(?:export\s+)?[A-Z][A-Z0-9_]*\s*=\s*(?=[^=\s])/, "")
      .replace(/^[\p{L}\p{N} ()_-]{2,40}:\s*/u, "")
      .replace(/^(?:bearer|basic|token|klaviyo-api-key)\s+/i, "")
      .trim();
  }
  return text;
}

/**
 * Text of a form as a person pastes it: without what came along around it (see `unwrap`), of this pattern, 1000 characters at most.
 * The pattern is anchored, and one that browsers take too: they read it with the `v` flag, under which no bare `-` or `/` stands in a
 * class.
 */
export const typed = (pattern: RegExp) => z.string().overwrite(unwrap).max(1000).regex(pattern);

/** The same of a number: without the spaces, dots, dashes and brackets that it is written with; `00` stands for the plus before a country's code. */
export const typedNumber = (pattern: RegExp) =>
  z
    .string()
    .overwrite((pasted) =>
      unwrap(pasted.replace(/^\s*tel:/i, ""))
        .replace(/[\s().\u2010-\u2015\u2212-]/g, "")
        .replace(/^00(?=[1-9])/, "+"),
    )
    .max(1000)
    .regex(pattern);

/** What a browser lets through where a number is asked for, see `KeyField.pasted`. */
export const pastedNumber = "[^A-Za-z]*";
