import { encodeBase64 } from "@oslojs/encoding";
import { asciiAddress } from "#server/domain/people/ascii-address.ts";
import type { Mail } from "./mail.ts";

const crlf = "\r\n";
const utf8 = (text: string) => new TextEncoder().encode(text);
const atMost = (size: number) => new RegExp(`.{1,${size}}`, "gsu");

/** `Name <address>` or a bare address, as MAIL_FROM is written. */
export function readMailbox(text: string): { name: string; address: string } {
  const named = /^\s*"?([^"<]*?)"?\s*<([^<>\s]+)>\s*$/.exec(text);
  return named ? { name: named[1] ?? "", address: named[2] ?? "" } : { name: "", address: text.trim() };
}

/** A header's text: as it is where it is plain ASCII, else as encoded words of at most 75 characters (RFC 2047). */
export function headerText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes("=?")) return text;
  // 10 code points are at most 40 octets, 56 characters of base64: well inside the limit and never a split character.
  return (text.match(atMost(10)) ?? []).map((part) => `=?UTF-8?B?${encodeBase64(utf8(part))}?=`).join(`${crlf} `);
}

/** A whole mail as it goes over the wire (RFC 5322), both parts in base64, so that no line is long and none begins with a dot. */
export function mimeMessage(mail: Mail, { from, at }: { from: string; at: number }): string {
  const mailbox = readMailbox(from);
  const sender = { ...mailbox, address: asciiAddress(mailbox.address) };
  const domain = sender.address.split("@").pop() ?? "";
  const boundary = `part-${mail.id.replace(/[^\w-]/g, "-")}`;
  const part = (type: string, content: string) =>
    [
      `--${boundary}`,
      `Content-Type: ${type}; charset=utf-8`,
      "Content-Transfer-Encoding: base64",
      "",
      ...(encodeBase64(utf8(content)).match(atMost(76)) ?? []),
    ].join(crlf);
  return [
    `From: ${sender.name ? `${displayName(sender.name)} ` : ""}<${sender.address}>`,
    `To: <${asciiAddress(mail.to)}>`,
    `Subject: ${headerText(mail.subject)}`,
    `Date: ${new Date(at).toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${mail.id}@${domain}>`,
    `Content-Language: ${mail.locale}`,
    "Auto-Submitted: auto-generated",
    "MIME-Version: 1.0",
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    "",
    part("text/plain", mail.text),
    part("text/html", mail.html),
    `--${boundary}--`,
    "",
  ].join(crlf);
}

const displayName = (name: string): string => (/^[\x20-\x7e]*$/.test(name) ? `"${name.replace(/["\\]/g, "\\$&")}"` : headerText(name));
