import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser } from "#test/harness.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded", accept: "text/html" };

async function pageOf(path: string, headers: Record<string, string>) {
  const page = await ask(path, { headers });
  return { status: page.status, root: parse(await page.text()) };
}

const headersOf = (root: ReturnType<typeof parse>) => root.querySelectorAll("main th").map(({ text }) => text);

test("which columns a table shows is chosen by a plain form, and stays in this browser", async () => {
  await makeTenant();
  const { token } = await makeUser({ staff: true });
  const { root } = await pageOf("/admin/clients", asPerson(token));
  expect(headersOf(root)).toContain("Dead letters");
  const form = root.querySelector('form[action="/columns"]');
  const hidden = form?.querySelectorAll('input[type="hidden"]').map((input) => [input.getAttribute("name"), input.getAttribute("value")]);
  const body = new URLSearchParams([...((hidden ?? []) as [string, string][]), ["columns", "plan"], ["columns", "status"]]);
  const kept = await ask("/columns", { method: "POST", headers: { ...asPerson(token), ...FORM }, body: body.toString() });
  expect([kept.status, kept.headers.get("location")]).toEqual([302, "/admin/clients"]);
  const [cookie = ""] = (kept.headers.get("set-cookie") ?? "").split(";");
  const again = await pageOf("/admin/clients", { ...asPerson(token), cookie: `${asPerson(token).cookie}; ${cookie}` });
  expect(headersOf(again.root)).toEqual(["Client", "Status", "Plan"]);
});
