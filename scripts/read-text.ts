import { readFile } from "node:fs/promises";

/** Before a name in a line they are no part of it: marks of files that were put together, and space that was pasted along. */
const unseen = /^[\ufeff\u200b\u00a0]+/gm;

/**
 * A text file as editors write it: UTF-8, with or without byte order marks, and without what nobody sees at the beginning of a line.
 * Throws with words where it is something else, such as the UTF-16 of Windows' Notepad and PowerShell, which would be read as names
 * with a hole behind each letter.
 */
export async function readText(path: string): Promise<string> {
  const bytes = await readFile(path);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff) || bytes.includes(0))
    throw new Error(`${path} is UTF-16, not UTF-8. Save it as UTF-8 and try again.`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(unseen, "");
  } catch (error) {
    throw new Error(`${path} is not UTF-8. Save it as UTF-8 and try again.`, { cause: error });
  }
}
