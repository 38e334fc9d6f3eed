import type { Locale, Text } from "#db/words/locales.ts";

/** Why a key was not kept. */
export type KeyProblem =
  | "field_missing"
  | "field_wrong"
  | "field_unknown"
  | "refused"
  | "too_little"
  | "unclear"
  | "provider_down"
  | "too_often"
  | "misconfigured"
  | "vault_closed"
  | "other_account"
  | "not_a_key"
  | "not_in_plan"
  | "plan_full"
  | "too_many";

/** `{provider}`, `{field}`, `{account}` and `{minutes}` are filled in. None of them ever is a secret. */
const words: Record<KeyProblem, Text> = {
  field_missing: {
    en: "Please give this: {field}.",
    fr: "Veuillez indiquer : {field}.",
    he: "יש למלא: {field}.",
  },
  field_wrong: {
    en: "This does not look like the right thing ({field}). Please copy it again, whole.",
    fr: "Cela ne ressemble pas à ce qui est attendu ({field}). Copiez-le à nouveau, en entier.",
    he: "זה אינו נראה כמו הערך הנכון ({field}). יש להעתיק אותו שוב במלואו.",
  },
  field_unknown: {
    en: "{provider} has no such field.",
    fr: "{provider} n’a pas ce champ.",
    he: "אין שדה כזה אצל {provider}.",
  },
  refused: {
    en: "{provider} does not accept this key. Nothing was kept: please copy it again, or make a new one there.",
    fr: "{provider} n’accepte pas cette clé. Rien n’a été gardé : copiez-la à nouveau, ou créez-en une autre.",
    he: "‏{provider} אינו מקבל את המפתח הזה. דבר לא נשמר: יש להעתיק אותו שוב או ליצור שם חדש.",
  },
  too_little: {
    en: "{provider} knows this key, but it may not even read whose it is. Please give it more rights there.",
    fr: "{provider} connaît cette clé, mais elle ne peut même pas lire son propre compte. Donnez-lui plus de droits.",
    he: "‏{provider} מכיר את המפתח, אך הוא אינו רשאי אפילו לקרוא למי הוא שייך. יש לתת לו שם יותר הרשאות.",
  },
  unclear: {
    en: "{provider} refused to say whose key this is. Nothing was kept: please check what you entered.",
    fr: "{provider} a refusé de dire à qui est cette clé. Rien n’a été gardé : vérifiez votre saisie.",
    he: "‏{provider} סירב לומר למי שייך המפתח. דבר לא נשמר: יש לבדוק את מה שהוזן.",
  },
  provider_down: {
    en: "{provider} does not answer at the moment. Nothing was kept; please try again in a few minutes.",
    fr: "{provider} ne répond pas pour le moment. Rien n’a été gardé ; réessayez dans quelques minutes.",
    he: "‏{provider} אינו משיב כרגע. דבר לא נשמר; אפשר לנסות שוב בעוד כמה דקות.",
  },
  too_often: {
    en: "{provider} was asked too often just now. Nothing was kept; please try again in {minutes} min.",
    fr: "{provider} vient d’être interrogé trop souvent. Rien n’a été gardé ; réessayez dans {minutes} min.",
    he: "‏{provider} נשאל יותר מדי פעמים. דבר לא נשמר; אפשר לנסות שוב בעוד {minutes} דק׳.",
  },
  misconfigured: {
    en: "{provider} cannot be connected yet: something is missing on our side. Please tell us.",
    fr: "{provider} ne peut pas encore être connecté : il manque quelque chose de notre côté. Prévenez-nous.",
    he: "עדיין אי אפשר לחבר את {provider}: חסר משהו בצד שלנו. נשמח אם תעדכנו אותנו.",
  },
  vault_closed: {
    en: "We can’t store keys right now. This is our fault and we’ve been alerted. Your key was not used: please try again later.",
    fr: "Nous ne pouvons pas enregistrer de clé pour le moment. C’est de notre fait, et nous sommes prévenus. Votre clé n’a pas servi : réessayez plus tard.",
    he: "איננו יכולים לשמור מפתחות כרגע. התקלה אצלנו וקיבלנו התראה. לא נעשה שימוש במפתח שלך: נסו שוב מאוחר יותר.",
  },
  other_account: {
    en: "This key is of another {provider} account than {account}. Nothing has changed: connect the other one by itself.",
    fr: "Cette clé est celle d’un autre compte {provider} que {account}. Rien n’a changé : connectez l’autre à part.",
    he: "המפתח הזה שייך לחשבון {provider} אחר ולא {account}. דבר לא השתנה: יש לחבר את האחר בנפרד.",
  },
  not_a_key: {
    en: "{account} is connected by signing in to {provider}, which needs no key. Nothing has changed.",
    fr: "{account} est connecté par une connexion à {provider}, qui n’a pas besoin de clé. Rien n’a changé.",
    he: "{account} מחובר דרך כניסה ל-{provider}, שאינה דורשת מפתח. דבר לא השתנה.",
  },
  not_in_plan: {
    en: "Your plan doesn’t include {provider}. Ask your agency for a larger plan.",
    fr: "Votre formule ne comprend pas {provider}. Demandez une formule supérieure à votre agence.",
    he: "המסלול שלכם אינו כולל את {provider}. אפשר לבקש מהסוכנות מסלול גדול יותר.",
  },
  plan_full: {
    en: "Your plan has no room for another account. Disconnect one, or ask your agency for a larger plan.",
    fr: "Votre formule n’a plus de place pour un autre compte. Déconnectez-en un ou demandez une formule supérieure à votre agence.",
    he: "אין במסלול שלכם מקום לחשבון נוסף. אפשר לנתק חשבון אחר או לבקש מהסוכנות מסלול גדול יותר.",
  },
  too_many: {
    en: "Too many keys were tried. Please wait {minutes} min.",
    fr: "Trop de clés ont été essayées. Patientez {minutes} min.",
    he: "נוסו יותר מדי מפתחות. יש להמתין {minutes} דק׳.",
  },
};

/** A problem in the language of the person who typed the key. */
export function keyWords(
  problem: KeyProblem,
  { locale, ...parts }: { locale: Locale; provider?: string; field?: string; account?: string; minutes?: string },
): string {
  return words[problem][locale].replace(/\{(provider|field|account|minutes)\}/g, (_, name: keyof typeof parts) => parts[name] ?? "");
}
