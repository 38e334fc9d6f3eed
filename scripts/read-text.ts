import { readFile } from "node:fs/promises";

/**
 * A text file as editors write it: UTF-8, with or without a byte order mark. Throws with words where it is something else, such as the
 * UTF-16 of Windows' Notepad and PowerShell, which would be read as names with a hole behind each letter.
 */
export async function readText(path: string): Promise<string> {
  const bytes = await readFile(path);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff) || bytes.includes(0))
    throw new Error(`${path} is UTF-16, not UTF-8. Save it as UTF-8 and try again.`);
  try {
    // Takes a byte order mark off.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error(`${path} is not UTF-8. Save it as UTF-8 and try again.`, { cause: error });
  }
}
