import type { Locale } from "#db/words/locales.ts";
import type { Letter } from "./mail.ts";

/** A letter before it is drawn: plain words, no markup. Paragraphs stand in the order in which they are read. */
export interface Draft {
  locale: Locale;
  subject: string;
  greeting: string;
  paragraphs: readonly string[];
  button: { label: string; url: string };
  /** Digits to be typed elsewhere, and the sentence above them. */
  code?: { label: string; digits: string };
  /** Small print: how long it holds, why it came. */
  notes: readonly string[];
}

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text as it may stand in HTML, between tags or in a quoted attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => escapes[char] ?? char);

/** A name in a subject or a line of text: without line breaks and other control characters, which could begin a header. */
export const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, " ").trim();

/** The two parts of a mail. Styles are inline and layout is a table, which is what mail programs keep. */
export function drawLetter(draft: Draft): Letter {
  return { subject: oneLine(draft.subject), text: drawText(draft), html: drawHtml(draft) };
}

function drawText({ greeting, paragraphs, button, code, notes }: Draft): string {
  const parts = [greeting, ...paragraphs, `${button.label}:\n${button.url}`];
  if (code) parts.push(`${code.label}\n${code.digits}`);
  return `${[...parts, "--", ...notes].join("\n\n")}\n`;
}

function drawHtml({ locale, subject, greeting, paragraphs, button, code, notes }: Draft): string {
  const direction = locale === "he" ? "rtl" : "ltr";
  const align = locale === "he" ? "right" : "left";
  const font = "font-family:Inter,Segoe UI,Helvetica,Arial,sans-serif";
  const paragraph = (text: string) => `<p style="margin:0 0 16px;font-size:16px;line-height:24px;color:#1b2130">${escapeHtml(text)}</p>`;
  const note = (text: string) => `<p style="margin:0 0 8px;font-size:13px;line-height:20px;color:#5a6478">${escapeHtml(text)}</p>`;
  const url = escapeHtml(button.url);
  const digits = code
    ? `<p style="margin:0 0 8px;font-size:14px;line-height:20px;color:#5a6478">${escapeHtml(code.label)}</p>
<p dir="ltr" style="margin:0 0 24px;font-family:Geist Mono,Menlo,Consolas,monospace;font-size:28px;line-height:36px;letter-spacing:6px;color:#0b0f19;text-align:${align}">${escapeHtml(code.digits)}</p>`
    : "";
  return `<!doctype html>
<html lang="${locale}" dir="${direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"><title>${escapeHtml(oneLine(subject))}</title></head>
<body style="margin:0;padding:0;background:#f2f4f8">
<table role="presentation" width="100%" cellspacing="0" cellpadding="0" style="background:#f2f4f8"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellspacing="0" cellpadding="0" dir="${direction}" style="max-width:520px;${font};text-align:${align}">
<tr><td style="padding:0 0 16px;font-size:15px;font-weight:600;letter-spacing:1px;color:#0b0f19">Atrium</td></tr>
<tr><td style="background:#ffffff;border:1px solid #dde2ec;border-radius:12px;padding:32px">
${paragraph(greeting)}
${paragraphs.map(paragraph).join("\n")}
<p style="margin:8px 0 24px"><a href="${url}" style="display:inline-block;background:#0b0f19;color:#ffffff;text-decoration:none;font-size:16px;font-weight:600;line-height:24px;padding:12px 24px;border-radius:8px;border-bottom:2px solid #00b8b8">${escapeHtml(button.label)}</a></p>
${digits}${notes.map(note).join("\n")}
</td></tr>
<tr><td dir="ltr" style="padding:16px 0 0;font-size:12px;line-height:18px;color:#5a6478;word-break:break-all;text-align:${align}">${url}</td></tr>
</table>
</td></tr></table>
</body>
</html>
`;
}
