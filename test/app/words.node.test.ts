import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { createElement, Suspense } from "react";
import { renderToPipeableStream } from "react-dom/server";
import { expect, test } from "vitest";
import { CATALOGUES } from "#app/i18n/catalogues.server.ts";
import { loadNamespace, loadTranslator } from "#app/i18n/load.client.ts";
import { LOCALES, type Locale } from "#app/i18n/locale.ts";
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
    "Reconnect 0 connections",
    "Reconnect 1 connection",
    "Reconnect 2 connections",
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

test("French has no line that begins with its punctuation: the space before it does not break", async () => {
  const { fr } = await everyText();
  // Of the letters' file pieces of code between two texts are among them.
  const texts = fr.filter((text) => !/\n|=== null/.test(text));
  expect(texts.filter((text) => /\S [:;!?»]|« |\} [:;!?»]/.test(text.replaceAll(/\$\{[^}]*\}/g, "…")))).toEqual([]);
});

/** Words that no text has any more, and what is said in their place: one thing has one name, on pages, in mails and in the catalogue. */
const RETIRED: Record<Locale, readonly (readonly [words: RegExp, say: string])[]> = {
  en: [
    [/\bsensors?\b(?!}})/i, "sync: a sensor is a word of the code"],
    [/\bfigures?\b/i, "metrics"],
    [/\bmend(s|ed|ing)?\b/i, "fix"],
    [/\bby itself\b/i, "automatically"],
    [/\bwhat (waits|ends)\b|\bwaits? for\b/i, "Paused: …, or what to do: Reconnect …"],
    [/\bnew sign-in\b|\bconnect(ed)? again\b/i, "reconnect"],
    [/\bends (soon|when|on)\b|\baccess (ends|has ended)\b|\bgood (for|until)\b|\bholds for\b|\bno longer holds\b/i, "expires"],
    [/\b(taken|took|given|takes) (away|back)\b/i, "revoked"],
    [/\bgiven up\b|\bgave up\b/i, "failed permanently"],
    [/\btry failed\b|\bis tried again\b|\btries?:/i, "attempt failed, retrying"],
    [/\bended clients?\b|\berased?\b|\bset the end\b|\bthe end of the (client|workspace)\b/i, "deleted"],
    [/\b(taken|took|takes|take) in\b/i, "created"],
    [/\btake (it|them|the data) along\b/i, "export"],
    [/\bto see (a|this) secret\b|\bsecrets to see\b/i, "access request"],
    [/\bsuspended\b/i, "paused"],
    [/\bswitched (off|on)\b/i, "turned off, turned on"],
    [/\be-mails?\b|\bmails?\b(?! (server|transport))/i, "email"],
    [/\bunwanted\b/i, "spam folder"],
    [/\btimezones?\b/i, "time zone"],
    [/\bgo(es)? on\b/i, "continue"],
    [/\blook again\b/i, "refresh"],
    [/\bfits? this\b|\bno \w+ fits\b/i, "no matches"],
    [/\bthere is no such\b/i, "… not found"],
    [/\bmay (?!be\b|have\b)/i, "can"],
    [/\bplease\b/i, "the thing to do, without it"],
    [/\bdoes not answer\b|\bdid not answer\b/i, "isn’t responding"],
    [/\b(is|was|were) asked\b/i, "requested"],
    [/\breturns\b/i, "refunds"],
    [/\bthis did not work\b|\bcomes? to nothing\b|\bthe words of\b/i, "what happened, and what to do"],
  ],
  fr: [
    [/\bcapteurs?\b/i, "synchronisation"],
    [/\bindicateurs?\b/i, "chiffres"],
    [/\b(prend|prennent|prendre|mettre|mis|met) fin\b/i, "expire, ou supprimer"],
    [/\btout(e|es|s)? seule?s?\b|\b(de|d’)\s?(lui|elle|eux|elles)-mêmes?\b/i, "automatiquement"],
    [/\baccès (retiré|rendu)s?\b(?! manuellement)/i, "accès révoqué"],
    [/\babandonnée?s?\b/i, "échec définitif"],
    [/\bsuspendue?s?\b/i, "en pause"],
    [/\bclients? terminés?\b|\beffacée?s?\b/i, "supprimé"],
    [/\bemporter\b/i, "exporter"],
    [/\bindésirables\b/i, "spams"],
    [/(?<!e-)\bmails?\b/i, "e-mail"],
    [/\b(regarder|demander) à nouveau\b/i, "actualiser"],
    [/\bveuillez\b/i, "l’impératif seul"],
    [/\b(?:de|des|les|avant|moins) retours\b|^retours$/i, "remboursements"],
    [/\btentatives? a échoué\b|\bun autre suit\b/i, "nouvel essai"],
  ],
  he: [
    [/חייש/, "סנכרון"],
    [/מעצמ[וםה]/, "אוטומטית"],
    [/נזנח|ננטש/, "נכשל סופית"],
    [/דוא״ל|דואר הזבל/, "אימייל"],
    [/הגישה (נלקחה|הוחזרה)/, "הגישה בוטלה"],
    [/מושע/, "מושהה"],
    [/השבית|הושבת|מושבת/, "כיבתה, כבוי"],
    [/(אינו|אינם) (עונה|משיב)/, "לא מגיב"],
    [/מתאימ?ה? לסינון/, "אין תוצאות"],
    [/לקוחות שהסתיימו|סיום סביבת|קביעת הסוף/, "מחיקה, לקוחות שנמחקו"],
    [/לקחת אותם/, "ייצוא"],
    [/(?<!שיעור )החזרות/, "החזרים: החזרות הן של אימיילים"],
  ],
};

/** Texts in which a retired word is the right one, each with the reason. */
const RIGHT_HERE: readonly (readonly [text: string, why: string])[] = [
  ["Twilio has suspended or closed this account.", "Twilio’s own word, of an account of its own"],
  ["Twilio a suspendu ou fermé ce compte.", "Twilio’s own word, of an account of its own"],
];

/** Every text by its language: the pages' and errors', the letters', and what the catalogue's files say of providers, jobs and metrics. */
async function everyText(): Promise<Record<Locale, string[]>> {
  const texts: Record<Locale, string[]> = { en: [], fr: [], he: [] };
  const textsOf = (node: object): string[] => Object.values(node).flatMap((each) => (typeof each === "string" ? [each] : textsOf(each)));
  const catalogue = (await readdir("server/catalog", { recursive: true })).filter((path) => path.endsWith(".ts"));
  const sources = await Promise.all(catalogue.map((path) => readFile(join("server/catalog", path), "utf8")));
  for (const locale of LOCALES) {
    const letters = await readFile(`server/domain/mail/words/${locale}.ts`, "utf8");
    const ofKey = new RegExp(`\\b${locale}:\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|\`([^\`]*)\`)`, "g");
    texts[locale] = [
      ...textsOf(CATALOGUES[locale]),
      ...[...letters.matchAll(/(?<!from )"((?:[^"\\]|\\.)*)"|`([^`]*)`/g)].map(([, plain, filled]) => plain ?? filled ?? ""),
      ...sources.flatMap((source) => [...source.matchAll(ofKey)].map(([, plain, filled]) => plain ?? filled ?? "")),
    ];
  }
  return texts;
}

test("one thing has one name: no text has a retired word, but where it is the right one", async () => {
  const texts = await everyText();
  const right = new Set(RIGHT_HERE.map(([text]) => text));
  for (const locale of LOCALES) {
    expect(texts[locale].length, "texts were found").toBeGreaterThan(1000);
    const found = texts[locale].flatMap((text) => {
      if (right.has(text)) return [];
      // What is filled in is named by the code.
      const said = text.replaceAll(/\{\{\w+\}\}|\$\{[^}]*\}/g, "…");
      return RETIRED[locale].filter(([words]) => words.test(said)).map(([, say]) => `${text} (say: ${say})`);
    });
    expect(found).toEqual([]);
  }
  // An exception that no text needs any more is taken out of the list.
  const all = new Set(Object.values(texts).flat());
  expect([...right].filter((text) => !all.has(text))).toEqual([]);
});
