import { expect, test } from "vitest";
import { CATALOGUES } from "#app/i18n/catalogues.server.ts";
import { LOCALES } from "#app/i18n/locale.ts";
import { type RunSaying, runErrorCodes, runLineCodes } from "#db/words/runs.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { sayRunIn } from "#workers/say-run.ts";

const namesIn = (text: string) => [...new Set([...text.matchAll(/{{(\w+)}}/g)].map(([, name]) => name))].sort();

test("a sentence about a run names what its code has, and all of it, in every language", () => {
  const failures = Object.entries(runErrorCodes).map(([code, [, ...names]]) => [code, names] as const);
  for (const [code, names] of [...failures, ...Object.entries(runLineCodes)])
    for (const locale of LOCALES)
      expect(namesIn(CATALOGUES[locale].runWords[code as keyof typeof runErrorCodes]), `${locale} ${code}`).toEqual([...names].sort());
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
  expect(sayings.map(sayRunIn("en"))).toEqual([
    "This took longer than 30 seconds.",
    "Bounce rate is above its limit.",
    "Twilio does not answer right now. What was listed before stays.",
  ]);
  expect(sayings.slice(0, 2).map(sayRunIn("fr"))).toEqual(["Cela a duré plus de 30 secondes.", "Taux de rebond : au-dessus du seuil."]);
});

test("a line of a job that is no longer on the shelf is shown by its code", () => {
  expect(sayRunIn("fr")({ code: "former-sensor.counted", params: { rows: 3 } })).toBe('former-sensor.counted {"rows":3}');
});
