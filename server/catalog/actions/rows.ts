import { type FailedRow, type Receipt, type RowFault, rowFaults } from "#db/words/actions.ts";
import type { Text } from "#db/words/locales.ts";

/** So many of one reason are named; of the rest it is said how many there are. */
const namedRows = 20;

/** Why a row of a batch was not done, as people read it. */
export const rowFaultWords: Record<RowFault, Text> = {
  invalid: { en: "Not done: a value wasn’t accepted", fr: "Non fait : valeur refusée", he: "לא בוצע: ערך לא התקבל" },
  conflict: { en: "Not done: another record has it", fr: "Non fait : une autre fiche l’a déjà", he: "לא בוצע: קיים ברשומה אחרת" },
  refused: { en: "Not done: refused", fr: "Non fait : refusé", he: "לא בוצע: נדחה" },
  no_email: { en: "Not done: no email address", fr: "Non fait : pas d’adresse e-mail", he: "לא בוצע: אין כתובת אימייל" },
  same_email: { en: "Not done: same email as another", fr: "Non fait : même e-mail qu’un autre", he: "לא בוצע: אימייל זהה לאחר" },
  several: {
    en: "Company not set: several match",
    fr: "Entreprise non liée : plusieurs correspondent",
    he: "החברה לא שויכה: יש כמה מתאימות",
  },
  changed: { en: "Not done: changed since", fr: "Non fait : modifié depuis", he: "לא בוצע: השתנה מאז" },
  gone: { en: "Not done: no longer in the shop", fr: "Non fait : n’est plus dans la boutique", he: "לא בוצע: כבר לא בחנות" },
};

const doneRows: Text = { en: "Done", fr: "Fait", he: "בוצע" };

/** What a receipt says of its rows, beside what the step was to do. */
export function fieldsOfRows({ rows }: Receipt): { label: Text; value: string }[] {
  if (!rows) return [];
  const ofWhy = (why: RowFault) => rows.failed.filter((each) => each.why === why);
  return [
    { label: doneRows, value: String(rows.done) },
    ...rowFaults.filter((why) => ofWhy(why).length > 0).map((why) => ({ label: rowFaultWords[why], value: namesOf(ofWhy(why)) })),
  ];
}

function namesOf(failed: readonly FailedRow[]): string {
  const named = failed.slice(0, namedRows).map(({ customerId }) => customerId);
  return [...named, ...(failed.length > named.length ? [`+${failed.length - named.length}`] : [])].join(", ");
}
