/** Letters that Unicode does not take apart into a letter and its mark, as people write them without. */
const plain: Readonly<Record<string, string>> = {
  ß: "ss",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  æ: "ae",
  œ: "oe",
  ı: "i",
  ħ: "h",
  ŋ: "n",
  ŧ: "t",
  ς: "σ",
  "’": "'",
  "‘": "'",
  ʼ: "'",
  "–": "-",
  "‑": "-",
};
const others = new RegExp(`[${Object.keys(plain).join("")}]`, "g");

/**
 * A text as it is searched for and in: without case, accents and other marks (NFKD, the combining ones taken off), invisible
 * characters, and space beyond one between words; a control character is space. "Élodie  BIJOUX" and "elodie bijoux" are the same.
 */
export const foldText = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/[\p{M}\p{Cf}]/gu, "")
    .toLowerCase()
    .replace(others, (letter) => plain[letter] ?? letter)
    // Of the control characters U+0000 would end a text of SQLite's in its middle.
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
