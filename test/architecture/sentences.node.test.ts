import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** The rooms that say something themselves: letters, posts in a client's channel, and what is written into an archive for whoever opens it. */
const speak = ["server/domain/mail/", "server/domain/asking/words.ts", "server/domain/custody/make-export.ts"];

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "server/domain"], { encoding: "utf8" })
  .split("\n")
  .filter((file) => file.endsWith(".ts") && !speak.some((room) => file.startsWith(room)));

const literal = /"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g;

/** Texts of this code that people could be shown: from a capital, or a name, to a full stop. What describes the API is for programs. */
function sentencesIn(code: string): string[] {
  const said = code.replace(/^\s*(\/\/|\/\*\*|\*).*$/gm, "").replace(/\.describe\([\s\S]*?\)/g, "");
  return [...said.matchAll(literal)]
    .map(([, quoted, template]) => quoted ?? template ?? "")
    .filter((text) => /^(\p{Lu}|\$\{[^}]*\} )/u.test(text) && /\S \S+ \S/.test(text) && /[.!?]$/.test(text));
}

test("the domain says codes; sentences are the app's, the catalogue's, a letter's or a post's", () => {
  expect(files.length).toBeGreaterThan(200);
  expect(files.flatMap((file) => sentencesIn(readFileSync(file, "utf8")).map((text) => `${file}: ${text}`))).toEqual([]);
});

test("a sentence is known by its end, whatever it names; a code, a query and the message of a defect are none", () => {
  const found = ['fail("The account is gone for good.")', `fail(\`\${name} has gone for good.\`)`];
  for (const code of found) expect(sentencesIn(code), code).toHaveLength(1);
  const others = [
    'fail("account_gone")',
    "sql`select 1 from runs`",
    'new Error("a run that was made is not there")',
    "// The account is gone.",
  ];
  for (const code of others) expect(sentencesIn(code), code).toEqual([]);
});
