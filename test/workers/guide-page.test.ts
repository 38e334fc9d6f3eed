import { eq } from "drizzle-orm";
import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { users } from "#db/schema/index.ts";
import type { Locale } from "#db/words/locales.ts";
import { locales } from "#db/words/locales.ts";
import { automations } from "#server/catalog/automations/registry.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";

test.each<[Locale]>(locales.map((locale) => [locale]))(
  "the guide explains in %s how automations work, and what each of them never does",
  async (locale) => {
    const tenant = await makeTenant();
    const { actor, token } = await makeUser({ roles: [[tenant, "viewer"]] });
    await openDb(testEnv.DB).update(users).set({ locale }).where(eq(users.id, actor.userId));
    const page = await ask(`/t/${tenant.id}/guide`, { headers: asPerson(token) });
    expect(page.status).toBe(200);
    const main = parse(await page.text()).querySelector("main")?.text ?? "";
    for (const { title, description, acts } of automations)
      for (const text of [title, description, acts.never]) expect(main).toContain(text[locale]);
  },
);

test("the guide of another client is not there", async () => {
  const [own, other] = [await makeTenant(), await makeTenant()];
  const { token } = await makeUser({ roles: [[own, "owner"]] });
  expect((await ask(`/t/${other.id}/guide`, { headers: asPerson(token) })).status).toBe(404);
});
