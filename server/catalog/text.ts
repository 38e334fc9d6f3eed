/** The same words in every language that the portal speaks. */
export interface Text {
  en: string;
  fr: string;
  he: string;
}
