import type { Locale } from "#db/words/locales.ts";

/** What became of an action, as its post says it. */
export type Phase = "approved" | "done" | "undone" | "failed" | "rejected" | "expired" | "voided" | "gone";

interface Words {
  asks(automation: string): string;
  stake(amount: string): string;
  until: string;
  approve: string;
  reject: string;
  review: string;
  more(automation: string): string;
  moreCount(count: number): string;
  policy: string;
  became: Record<Phase, (by: string) => string>;
  /** To whoever pressed a button and is no member, or a guest of the workspace. */
  unknownPerson(tenant: string): string;
}

/** What our posts say. */
export const words: Record<Locale, Words> = {
  en: {
    asks: (automation) => `${automation}: waiting for approval`,
    stake: (amount) => `At stake: ${amount}`,
    until: "Decide by",
    approve: "Approve",
    reject: "Reject",
    review: "Review in Atrium",
    more: (automation) => `${automation}: more is waiting for approval`,
    moreCount: (count) => `Not shown here: ${count}`,
    policy: "the policy",
    became: {
      approved: (by) => `Approved by ${by}. In progress.`,
      done: (by) => `Approved by ${by}. Done.`,
      undone: (by) => `Approved by ${by}. Undone since.`,
      failed: (by) => `Approved by ${by}. It failed: see Atrium.`,
      voided: (by) => `Approved by ${by}. Not done: it no longer applies.`,
      rejected: (by) => `Rejected by ${by}.`,
      expired: () => "Expired: nobody decided in time.",
      gone: () => "No longer available.",
    },
    unknownPerson: (tenant) =>
      `Nothing was decided. Your Slack email isn’t that of a member of ${tenant} in Atrium, or you’re a guest of this workspace. Ask an owner or admin to invite you.`,
  },
  fr: {
    asks: (automation) => `${automation} : en attente d’approbation`,
    stake: (amount) => `Enjeu : ${amount}`,
    until: "À décider avant le",
    approve: "Approuver",
    reject: "Refuser",
    review: "Ouvrir dans Atrium",
    more: (automation) => `${automation} : d’autres actions attendent une approbation`,
    moreCount: (count) => `Non affichées ici : ${count}`,
    policy: "la règle",
    became: {
      approved: (by) => `Approuvé par ${by}. En cours.`,
      done: (by) => `Approuvé par ${by}. C’est fait.`,
      undone: (by) => `Approuvé par ${by}. Annulé depuis.`,
      failed: (by) => `Approuvé par ${by}. Échec : voir Atrium.`,
      voided: (by) => `Approuvé par ${by}. Non exécuté : ce n’est plus d’actualité.`,
      rejected: (by) => `Refusé par ${by}.`,
      expired: () => "Expiré : personne n’a décidé à temps.",
      gone: () => "Cette action n’existe plus.",
    },
    unknownPerson: (tenant) =>
      `Rien n’a été décidé. Votre adresse Slack n’est pas celle d’un membre de ${tenant} dans Atrium, ou vous êtes invité de cet espace Slack. Demandez une invitation à un propriétaire ou à un administrateur.`,
  },
  he: {
    asks: (automation) => `${automation}: ממתין לאישור`,
    stake: (amount) => `הסכום: ${amount}`,
    until: "להחליט עד",
    approve: "אישור",
    reject: "דחייה",
    review: "לצפייה ב-Atrium",
    more: (automation) => `${automation}: פעולות נוספות ממתינות לאישור`,
    moreCount: (count) => `לא מוצגות כאן: ${count}`,
    policy: "המדיניות",
    became: {
      approved: (by) => `אושר על ידי ${by}. בביצוע.`,
      done: (by) => `אושר על ידי ${by}. בוצע.`,
      undone: (by) => `אושר על ידי ${by}. בוטל מאז.`,
      failed: (by) => `אושר על ידי ${by}. הביצוע נכשל: פרטים ב-Atrium.`,
      voided: (by) => `אושר על ידי ${by}. לא בוצע: כבר לא רלוונטי.`,
      rejected: (by) => `נדחה על ידי ${by}.`,
      expired: () => "פג תוקף: לא התקבלה החלטה בזמן.",
      gone: () => "הפעולה כבר לא קיימת.",
    },
    unknownPerson: (tenant) =>
      `לא התקבלה החלטה. כתובת האימייל שלך ב-Slack אינה של חבר ב-${tenant} ב-Atrium, או שהגישה שלך לסביבת Slack הזאת היא כאורח. אפשר לבקש הזמנה מבעלים או ממנהל.`,
  },
};
