import { inArray } from "drizzle-orm";
import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { actionStops } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testCtx } from "#test/harness.ts";

const path = "/admin/load";
const sends = (token: string, intent: string, tenants: readonly string[]) =>
  ask(path, {
    method: "POST",
    headers: { ...asPerson(token), "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams([["intent", intent], ...tenants.map((id) => ["tenant", id])]).toString(),
  });
const stopped = async (...tenants: Tenant[]) =>
  (
    await testCtx()
      .directory.select()
      .from(actionStops)
      .where(inArray(actionStops.scope, ["", ...tenants.map(({ id }) => id)]))
  ).map(({ scope }) => scope);
/** What a redirect tells the page behind it to say. */
const toastOf = (answer: Response): { kind: string; message: string } => {
  const [, said = ""] = /flash=([^;]+)/.exec(answer.headers.get("set-cookie") ?? "") ?? [];
  return JSON.parse(atob(said.replaceAll("-", "+").replaceAll("_", "/")));
};

test("nobody but staff sees the load or stops anybody, not even their own workspace", async () => {
  const tenant = await makeTenant();
  const { token } = await makeUser({ roles: [[tenant, "owner"]] });
  const seen = [path, `${path}.data`].map(async (each) => (await ask(each, { headers: asPerson(token) })).status);
  expect(await Promise.all(seen)).toEqual([404, 404]);
  expect([(await sends(token, "stop", [tenant.id])).status, await stopped(tenant)]).toEqual([404, []]);
});

test("clients are stopped once, also where each is sent twice and all at once, and let go on; of a client that is no more it says so", async () => {
  const [first, second] = [await makeTenant(), await makeTenant()];
  const { token } = await makeUser({ staff: true });
  const chosen = [first.id, first.id, second.id, "nobody-here"];
  const answers = await Promise.all([1, 2, 3].map(() => sends(token, "stop", chosen)));
  expect(answers.map(toastOf)).toEqual(answers.map(() => ({ kind: "success", message: "Actions of 2 clients stopped." })));
  expect((await stopped(first, second)).sort()).toEqual([first.id, second.id].sort());
  await sends(token, "resume", [first.id]);
  expect(await stopped(first, second)).toEqual([second.id]);
  expect(toastOf(await sends(token, "stop", ["nobody-here"]))).toEqual({ kind: "info", message: "Actions of 0 clients stopped." });
});

test("what is no list of clients stops nobody, and why is said: nonsense, none, or ten thousand of them", async () => {
  const tenant = await makeTenant();
  const { token } = await makeUser({ staff: true });
  for (const tenants of [[""], ["%%"], ["x".repeat(200_000)], [tenant.id, ...Array.from({ length: 10_000 }, (_, place) => `t-${place}`)]]) {
    const answer = await sends(token, "stop", tenants);
    const said = parse(await answer.text()).querySelectorAll("[role=alert]");
    expect([answer.status, said.filter(({ text }) => text.trim() !== "").length]).toEqual([422, 1]);
  }
  expect([(await sends(token, "all", [tenant.id])).status, await stopped(tenant)]).toEqual([422, []]);
});
