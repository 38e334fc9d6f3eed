import type { SQL } from "drizzle-orm";
import type { Statement } from "#db/client.ts";

/**
 * What another noun writes in the batch of a change, right behind the statement that makes it: it is made only where `guard` holds, and the
 * statements write only where the one before them wrote (`changes() > 0`).
 */
export interface Along {
  guard: SQL;
  statements: readonly Statement[];
}
