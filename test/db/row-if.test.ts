import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { rowIf } from "#db/row-if.ts";
import { users } from "#db/schema/index.ts";
import { testEnv } from "#test/harness.ts";

test("a row is written where its condition holds and nowhere else, each value in its own column, in whatever order it is given", async () => {
  const db = openDb(testEnv.DB);
  const row = { createdAt: 5, staff: true, email: sql`lower('ROW@example.com')`, id: "usr_row", name: "O'Hara" };
  await db.insert(users).select(rowIf(users, { ...row, id: "usr_none" }, sql`1 = 2`));
  await db.insert(users).select(rowIf(users, row, sql`1 = 1`));
  const kept = await db.select().from(users).where(eq(users.email, "row@example.com"));
  expect(kept).toEqual([
    {
      id: "usr_row",
      email: "row@example.com",
      name: "O'Hara",
      locale: "en",
      timezone: "UTC",
      staff: true,
      wasStaff: true,
      provenAt: null,
      onboardedAt: null,
      createdAt: 5,
    },
  ]);
});
