import { expect, test } from "vitest";
import { CATALOGUES } from "#app/i18n/catalogues.server.ts";
import { LOCALES } from "#app/i18n/locale.ts";
import type { Namespace } from "#app/i18n/translator.ts";
import { consentCodes } from "#db/words/connections.ts";
import { flowCodes } from "#db/words/flow.ts";
import { type RunSaying, runErrorCodes, runLineCodes } from "#db/words/runs.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { findingCodes } from "#server/domain/clients/schemas.ts";
import { connectionCodes } from "#server/domain/connections/schemas.ts";
import { callCodes } from "#server/errors.ts";
import { voiceIn } from "#workers/voice.ts";

const namesIn = (text: string) => [...new Set([...text.matchAll(/{{(\w+)}}/g)].map(([, name]) => name))].sort();

/** What each code of a family names. */
const families = {
  runWords: { ...namesBehind(runErrorCodes), ...runLineCodes },
  consentWords: namesBehind(consentCodes),
  connectionWords: connectionCodes,
  findingWords: findingCodes,
  flowCallWords: flowCodes,
  callWords: callCodes,
} satisfies Partial<Record<Namespace, Readonly<Record<string, readonly string[]>>>>;

function namesBehind(table: Readonly<Record<string, readonly [string, ...string[]]>>) {
  return Object.fromEntries(Object.entries(table).map(([code, [, ...names]]) => [code, names] as const));
}

test.each(Object.entries(families))("a sentence of %s names what its code has, and all of it, in every language", (family, codes) => {
  for (const [code, names] of Object.entries(codes))
    for (const locale of LOCALES) {
      const words: Readonly<Record<string, string>> = CATALOGUES[locale][family as keyof typeof families];
      expect(namesIn(words[code] ?? ""), `${locale} ${code}`).toEqual([...names].sort());
    }
});

test("a sentence inside of a sentence is said in the same language", () => {
  const reason = { code: "connection.uninstalled", params: {} };
  const saying = { code: "finding.reconnect_needed", params: { account: "Shopify (Acme)", reason } };
  expect(voiceIn("en").text(saying)).toEqual({
    en: "Shopify (Acme) must be reconnected. The app was uninstalled there.",
    fr: "Shopify (Acme) doit être reconnecté. L’application a été désinstallée là-bas.",
    he: "יש לחבר מחדש את Shopify (Acme). האפליקציה הוסרה שם.",
  });
});

test("a code of a name that every object has is no sentence", () => {
  expect(voiceIn("en").say({ code: "run.constructor", params: {} })).toBe("run.constructor");
  expect(voiceIn("en").say({ code: "toString.call", params: {} })).toBe("toString.call");
});

test("a line of a job is said in every language, and names the same in each", () => {
  const lines = allJobs.flatMap(({ id, lines = {} }) => Object.entries(lines).map(([name, text]) => [`${id}.${name}`, text] as const));
  expect(lines.length).toBeGreaterThan(0);
  for (const [code, text] of lines)
    for (const locale of LOCALES) {
      expect(text[locale].trim(), code).not.toBe("");
      expect(namesIn(text[locale]), `${locale} ${code}`).toEqual(namesIn(text.en));
    }
});

test("what a run says is said in the language of who reads: the engine's words, a job's with a name of the catalogue's, a refusal", () => {
  const rate = { en: "Bounce rate", fr: "Taux de rebond", he: "שיעור החזרות" };
  const sayings: RunSaying[] = [
    { code: "run.took_too_long", params: { seconds: 30 } },
    { code: "email-health-sensor.rate_above", params: { rate } },
    { code: "listing_unavailable", params: { provider: "Twilio" } },
  ];
  expect(sayings.map(voiceIn("en").say)).toEqual([
    "Took longer than 30 seconds.",
    "Bounce rate is above its limit.",
    "Twilio isn’t responding. You still see the previous list.",
  ]);
  expect(sayings.slice(0, 2).map(voiceIn("fr").say)).toEqual([
    "Durée supérieure à 30 secondes.",
    "Taux de rebond\u00a0: au-dessus du seuil.",
  ]);
});

test("a line of a job that is no longer on the shelf is shown by its code", () => {
  expect(voiceIn("fr").say({ code: "former-sensor.counted", params: { rows: 3 } })).toBe('former-sensor.counted {"rows":3}');
});
