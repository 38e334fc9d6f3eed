import * as z from "zod";
import type { ErrorCode } from "#server/errors.ts";

/** Scripts in which a joiner between two letters is spelling: Persian names have one, Sinhala and Indic ones as well. */
const joining = ["Arab", "Syrc", "Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda", "Mlym", "Sinh"];
const joined = `(?=[\\p{L}\\p{M}])[${joining.map((script) => `\\p{scx=${script}}`).join("")}]`;
/** What is invisible by itself and seen in what it does: a joiner between such letters, the sign behind a symbol that gives it its colours. */
const seenInOthers = `(?<=${joined})[\\u200c\\u200d](?=${joined})|(?<=\\p{Extended_Pictographic})\\ufe0f`;
/** Seen by nobody: controls, marks that join or turn text around, private and unassigned characters, and blanks that count as letters. */
const invisible = new RegExp(`(?!${seenInOthers})[\\p{C}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u2800]`, "u");

/** Browsers read all of these as the dot of a domain. */
const dot = "[.\\u3002\\uff0e\\uff61]";
const letter = "[\\p{L}\\p{M}]";
/** Of a domain's part. */
const sign = "[\\p{L}\\p{M}\\p{N}\\u200c\\u200d-]";
const address4 = `(?<![\\p{N}.])\\p{N}{1,3}(?:${dot}\\p{N}{1,3}){3}(?![\\p{N}.])`;

/** What a mail program makes a link of. */
const link = new RegExp(`:\\/\\/|\\bwww${dot}|\\b(?:https?|mailto|tel|javascript|data):|${address4}`, "iu");
const domain = new RegExp(`${sign}${dot}${letter}{2,}`, "u");
const addressOrPath = new RegExp(`@\\S+${dot}|${dot}${letter}${sign}+\\s*[/\\\\?#:]`, "u");

/** An initial or a title and the name behind it, written without a space: "St.John", "J.R.R.Tolkien". */
const titled =
  /(?<![\p{L}\p{M}\p{N}-])(\p{Lu}|St|Ste|Dr|Mr|Mrs|Ms|Mx|Mme|Mlle|Prof|Fr|Sr|Jr|Rev|Hon)\.(\p{Lu}(?=\p{L}*\p{Ll})[\p{L}\p{M}]{2,})/gu;
/** Names that are the end of domains in everyday use: "X.Com" is none of a person. In a mail no dot between letters stays one. */
const ends = new Set(
  "com net org info biz app dev shop store site online page link club live life news blog tech xyz top pro one vip win run art fun".split(
    " ",
  ),
);
const withoutTitles = (name: string): string =>
  name.replace(titled, (all, title: string, word: string) => (ends.has(word.toLowerCase()) ? all : `${title} ${word}`));

/** What is judged of a name: how a browser reads it, which takes wide letters and signs for plain ones. */
const read = (name: string): string => name.normalize("NFKC");
const hasLink = (name: string): boolean => link.test(read(name)) || addressOrPath.test(read(name));

/** A name as somebody gives it, of whatever it is made. */
export const GivenName = (max: number) =>
  z
    .string()
    .normalize()
    .trim()
    .min(1, "name_missing" satisfies ErrorCode)
    .max(max, { abort: true });

/** How somebody or something is called: what stands in mails to others, and must carry neither a message nor a link. */
const named = (max: number) =>
  GivenName(max)
    .refine((name) => !invisible.test(name), "name_invisible" satisfies ErrorCode)
    .refine((name) => /[\p{L}\p{N}]/u.test(name), "name_without_letters" satisfies ErrorCode)
    .refine((name) => !hasLink(name), "name_with_link" satisfies ErrorCode);

export const longestPersonName = 60;
export const longestBusinessName = 80;

/** A person. */
export const PersonName = named(longestPersonName).refine(
  (name) => !domain.test(withoutTitles(read(name))),
  "name_with_link" satisfies ErrorCode,
);

/** A client or its workspace: shops are called after their domain, so that one may stand here, without anything behind it. */
export const BusinessName = named(longestBusinessName);

const every = ({ source, flags }: RegExp): RegExp => new RegExp(source, `g${flags}`);
const visible = (name: string): string =>
  name
    .normalize()
    .replace(/\p{Cc}+/gu, " ")
    .replace(every(invisible), "");
const oneSpaced = (name: string): string => name.replace(/\s+/gu, " ").trim();

/**
 * A client's name of what a provider calls its account, such as "www.my-shop.com" or "Amazon.com: Store": as it is where it fits, else
 * without what a name may not have.
 */
export function businessNameOf(account: string): string {
  const seen = cut(oneSpaced(visible(account)), longestBusinessName);
  const unlinked = oneSpaced(
    seen
      .replace(/[\p{L}\p{N}+.-]*:\/\//gu, "")
      .replace(new RegExp(`\\bwww${dot}`, "giu"), "")
      .replace(/[@/\\?#:]/gu, " "),
  );
  const plain = oneSpaced(unlinked.replace(/[^\p{L}\p{M}\p{N}]+/gu, " "));
  return [seen, unlinked, plain].find((name) => BusinessName.safeParse(name).success) ?? "Client";
}

/** No longer than so many of JavaScript's units, and no letter cut in two. */
function cut(name: string, max: number): string {
  let length = 0;
  const fitting = [...name].filter((each) => {
    length += each.length;
    return length <= max;
  });
  return fitting.join("").trim();
}

/**
 * A name as it may stand in a mail to others, also one that a provider or an older row gave: without what cannot be seen, cut where it
 * goes on for long, and with nothing in it that a mail program makes a link of.
 */
export function nameInMail(name: string): string {
  const unlinked = oneSpaced(
    // Of a name without end no more is read than could be shown of it: what follows takes the square of its length.
    visible(name.slice(0, 10 * longestBusinessName))
      .replace(/[\p{L}\p{N}+.-]*[:\uff1a][/\uff0f]{2}/gu, "")
      .replace(/[@/\\\uff20\uff0f\uff3c]/gu, " ")
      // The sign of one dot: reads the same, and is no domain to any program.
      .replace(new RegExp(`(?<=${sign})${dot}(?=${letter}{2,})`, "gu"), "\u2024")
      .replace(new RegExp(address4, "gu"), (address) => address.replace(new RegExp(dot, "gu"), "\u2024")),
  );
  const letters = [...unlinked];
  return letters.length > longestBusinessName
    ? `${letters
        .slice(0, longestBusinessName - 1)
        .join("")
        .trim()}…`
    : unlinked;
}
