import { insist } from "./insist.ts";

/** Asks again and again until it holds; throws after two minutes. */
export async function until(holds: () => Promise<boolean>, everyMs = 200): Promise<void> {
  const end = Date.now() + 120_000;
  while (!(await insist(holds))) {
    if (Date.now() > end) throw new Error("it did not come to that");
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
