import type { Params } from "#server/errors.ts";
import { callWords as callEn } from "./en/call-words.ts";
import { connectionWords as connectionEn } from "./en/connection-words.ts";
import { consentWords as consentEn } from "./en/consent-words.ts";
import { findingWords as findingEn } from "./en/finding-words.ts";
import { flowCallWords as flowEn } from "./en/flow-call-words.ts";
import { letterWords as letterEn } from "./en/letter-words.ts";
import { mailWords as mailEn } from "./en/mail-words.ts";
import { runWords as runEn } from "./en/run-words.ts";
import { inLanguage } from "./error-words.ts";
import { fill } from "./fill.ts";
import { callWords as callFr } from "./fr/call-words.ts";
import { connectionWords as connectionFr } from "./fr/connection-words.ts";
import { consentWords as consentFr } from "./fr/consent-words.ts";
import { findingWords as findingFr } from "./fr/finding-words.ts";
import { flowCallWords as flowFr } from "./fr/flow-call-words.ts";
import { letterWords as letterFr } from "./fr/letter-words.ts";
import { mailWords as mailFr } from "./fr/mail-words.ts";
import { runWords as runFr } from "./fr/run-words.ts";
import { callWords as callHe } from "./he/call-words.ts";
import { connectionWords as connectionHe } from "./he/connection-words.ts";
import { consentWords as consentHe } from "./he/consent-words.ts";
import { findingWords as findingHe } from "./he/finding-words.ts";
import { flowCallWords as flowHe } from "./he/flow-call-words.ts";
import { letterWords as letterHe } from "./he/letter-words.ts";
import { mailWords as mailHe } from "./he/mail-words.ts";
import { runWords as runHe } from "./he/run-words.ts";
import type { Locale } from "./locale.ts";

const words: Record<Locale, Readonly<Record<string, Readonly<Record<string, string>>>>> = {
  en: {
    call: callEn,
    connection: connectionEn,
    consent: consentEn,
    finding: findingEn,
    flow: flowEn,
    letter: letterEn,
    mail: mailEn,
    run: runEn,
  },
  fr: {
    call: callFr,
    connection: connectionFr,
    consent: consentFr,
    finding: findingFr,
    flow: flowFr,
    letter: letterFr,
    mail: mailFr,
    run: runFr,
  },
  he: {
    call: callHe,
    connection: connectionHe,
    consent: consentHe,
    finding: findingHe,
    flow: flowHe,
    letter: letterHe,
    mail: mailHe,
    run: runHe,
  },
};

/**
 * What the domain says, in one language: `connection.ended` is `ended` of `connection-words.ts`. Undefined for a code that they do not
 * have (any more).
 */
export function sayCode(locale: Locale, { code, params }: { code: string; params: Params }): string | undefined {
  const [family = "", name = ""] = code.split(".");
  const text = own(own(words[locale], family) ?? {}, name);
  return text === undefined ? undefined : fill(text, inLanguage(locale, params));
}

const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined => (Object.hasOwn(table, key) ? table[key] : undefined);
