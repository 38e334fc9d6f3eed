import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { newId } from "#server/ids.ts";
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

test("a client is named by any part of its name: what is one client's leads to its id, what is several clients' offers them", async () => {
  const mark = newId("con", Date.now()).slice(-8);
  const [gifts, tools] = [await makeTenant({ name: `Gifts ${mark}` }), await makeTenant({ name: `Tools ${mark}` })];
  const headers = asPerson((await makeUser({ staff: true })).token);
  const moved = await ask(`/admin/runs?status=failed&client=${encodeURIComponent(`gifts ${mark}`)}`, { headers });
  expect([moved.status, moved.headers.get("location")]).toEqual([302, `/admin/runs?status=failed&client=${gifts.id}`]);
  const { root } = await pageOf(`/admin/runs?client=${gifts.id}`, headers);
  expect(root.querySelector('input[name="client"]')?.getAttribute("value")).toBe(`Gifts ${mark} (${gifts.id})`);
  for (const path of ["runs", "dead-letters", "webhooks", "webhooks/privacy", "credentials", "audit"]) {
    const several = await pageOf(`/admin/${path}?client=${mark}`, headers);
    const links = several.root.querySelectorAll('search a[href*="client="]').map((link) => link.getAttribute("href"));
    expect(links.sort(), path).toEqual([gifts.id, tools.id].map((id) => `/admin/${path}?client=${id}`).sort());
  }
});

test("an id that is no client's any more is still looked for: lines may outlive a client", async () => {
  const headers = asPerson((await makeUser({ staff: true })).token);
  const { status, root } = await pageOf("/admin/audit?client=long-gone", headers);
  expect([status, root.querySelector('input[name="client"]')?.getAttribute("value")]).toEqual([200, "long-gone"]);
});
