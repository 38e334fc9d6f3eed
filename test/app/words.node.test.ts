import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { createElement, Suspense } from "react";
import { renderToPipeableStream } from "react-dom/server";
import { expect, test } from "vitest";
import { CATALOGUES } from "#app/i18n/catalogues.server.ts";
import { loadNamespace, loadTranslator } from "#app/i18n/load.client.ts";
import { LOCALES } from "#app/i18n/locale.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { createTranslator } from "#app/i18n/translator.ts";
import { namedNamespaces, WordsProvider, wordsOf } from "#app/i18n/words.tsx";

test("a text has its names filled in, also where one stands twice or holds braces itself", () => {
  const { say } = createTranslator("en", { common: { greet: "{{who}}, {{who}}: {{what}}", bare: "{ {{who}} }" } });
  expect(say("common")("greet", { who: "Ann", what: "{{who}} $& 1" })).toBe("Ann, Ann: {{who}} $& 1");
  expect(say("common")("bare", { who: "Ann" })).toBe("{ Ann }");
});

test("a counted text has the form that its language has for the number, else the form of the rest", () => {
  const counted = (locale: "en" | "fr" | "he", count: number) => wordsIn(locale)("client:nav.needReconnect", { count });
  expect([0, 1, 2].map((count) => counted("en", count))).toEqual([
    "0 connections need a new sign-in",
    "1 connection needs a new sign-in",
    "2 connections need a new sign-in",
  ]);
  expect(counted("he", 1)).toBe(CATALOGUES.he.client.nav.needReconnect_one);
  expect(counted("he", 2)).toBe(CATALOGUES.he.client.nav.needReconnect_two);
  // French has a form for millions, which no text of ours needs.
  expect(new Intl.PluralRules("fr").select(1_000_000)).toBe("many");
  expect(counted("fr", 1_000_000)).toBe(CATALOGUES.fr.client.nav.needReconnect_other.replace("{{count}}", "1000000"));
});

test("a key that no text has is said as it is, and found nowhere", () => {
  const say = createTranslator("en", { audit: CATALOGUES.en.audit }).say("audit");
  expect(say("action.never_heard_of")).toBe("action.never_heard_of");
  expect([say.find("action.never_heard_of"), say.find("action"), say.find("runs:runs.title")]).toEqual([undefined, undefined, undefined]);
  expect(say.find("audit:action.run_started")).toBe("Run started");
});

test("a browser loads the namespaces that its page names, in its language alone, and they are those of the server", async () => {
  for (const locale of LOCALES) {
    const translator = await loadTranslator(locale, ["common", "runs"]);
    expect([translator.has("common"), translator.has("runs"), translator.has("admin")]).toEqual([true, true, false]);
    expect(translator.say("runs")("runs.title")).toBe(CATALOGUES[locale].runs.runs.title);
  }
});

test("every namespace that a module names can be had in a browser; what the server alone says has no address there", async () => {
  const modules = (await readdir("app", { recursive: true })).filter((path) => path.endsWith(".tsx") && !path.startsWith("i18n/"));
  const sources = await Promise.all(modules.map((path) => readFile(join("app", path), "utf8")));
  const inBrowser = new Set(
    sources.flatMap((source) => [...source.matchAll(/\bwordsOf\(([^)]*)\)/g)].flatMap(([, names]) => JSON.parse(`[${names}]`))),
  );
  expect(inBrowser.size).toBeGreaterThan(10);
  await loadTranslator("en", [...inBrowser]);
  await expect(loadTranslator("en", ["errors"])).rejects.toThrow("A browser has no words of errors.");
});

test("a component is shown when the words have come that its module names, never with a bare key", async () => {
  const useWords = wordsOf("team", "runs");
  expect(namedNamespaces()).toEqual(expect.arrayContaining(["team", "runs"]));
  const Heading = () => {
    const t = useWords();
    return `${t("team.members")} / ${t("runs:runs.title")}`;
  };
  const translator = createTranslator("fr", { team: CATALOGUES.fr.team });
  const page = createElement(Suspense, { fallback: "waiting" }, createElement(Heading));
  const stream = renderToPipeableStream(createElement(WordsProvider, { translator, load: loadNamespace }, page));
  const html = await text(stream.pipe(new PassThrough()));
  expect(html).toContain(`${CATALOGUES.fr.team.team.members} / ${CATALOGUES.fr.runs.runs.title}`);
  expect(html).not.toMatch(/runs\.title|team\.members/);
});

test("people read of syncs: a sensor is a word of the code", () => {
  const textsOf = (node: object): string[] => Object.values(node).flatMap((each) => (typeof each === "string" ? [each] : textsOf(each)));
  const ofCode = { en: /\bsensors?\b(?!}})/i, fr: /\bcapteurs?\b/i, he: /חייש/ };
  for (const locale of LOCALES) expect(textsOf(CATALOGUES[locale]).filter((text) => ofCode[locale].test(text))).toEqual([]);
});
