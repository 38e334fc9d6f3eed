import { z } from "zod";

/** Seen by nobody: controls, marks that join or turn text around, private and unassigned characters, and blanks that count as letters. */
const invisible = /[\p{C}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/u;
/** What a mail program makes a link of. */
const link = /:\/\/|\bwww\.|\b(?:https?|mailto|tel|javascript|data):/iu;
const domain = /[\p{L}\p{N}-]+\.\p{L}{2,}/u;
const addressOrPath = /@\S+\.|\.\p{L}{2,}\s*[/\\?#:]/u;

/** How somebody or something is called: what stands in mails to others, and must carry neither a message nor a link. */
const named = (max: number) =>
  z
    .string()
    .trim()
    .min(1, "Please give a name.")
    .max(max, `At most ${max} characters.`)
    .refine((name) => !invisible.test(name), "Only characters that can be seen.")
    .refine((name) => /[\p{L}\p{N}]/u.test(name), "A name has letters.")
    .refine((name) => !link.test(name) && !addressOrPath.test(name), "A name holds no link.");

/** A person. */
export const PersonName = named(60).refine((name) => !domain.test(name), "A name holds no link.");

/** A client or its workspace: shops are called after their domain, so that one may stand here, without anything behind it. */
export const BusinessName = named(80);

const longestInMail = 80;

/**
 * A name as it may stand in a mail to others, also one that a provider or an older row gave: without what cannot be seen, cut where it
 * goes on for long, and with nothing in it that a mail program makes a link of.
 */
export function nameInMail(name: string): string {
  const seen = name
    .replace(/\p{Cc}+/gu, " ")
    .replace(new RegExp(invisible.source, "gu"), "")
    .replace(/\s+/gu, " ")
    .trim();
  const unlinked = seen
    .replace(/[\p{L}\p{N}+.-]*:\/\//gu, "")
    .replace(/[@/\\]/gu, " ")
    // The sign of one dot: reads the same, and is no domain to any program.
    .replace(/(?<=[\p{L}\p{N}-])\.(?=\p{L}{2,})/gu, "\u2024")
    .replace(/\s+/gu, " ")
    .trim();
  const letters = [...unlinked];
  return letters.length > longestInMail
    ? `${letters
        .slice(0, longestInMail - 1)
        .join("")
        .trim()}…`
    : unlinked;
}
