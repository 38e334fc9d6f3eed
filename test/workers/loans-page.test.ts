import { eq } from "drizzle-orm";
import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, loans } from "#db/schema/index.ts";
import type { ConnectionStatus } from "#db/words/connections.ts";
import type { Tenant } from "#server/ctx.ts";
import { newId } from "#server/ids.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);
const loansOf = (tenant: Tenant) => db.select().from(loans).where(eq(loans.tenantId, tenant.id));
const settingsOf = ({ id }: Tenant) => `/admin/clients/${id}/settings`;

async function connect(tenant: Tenant, provider: string, status: ConnectionStatus = "active") {
  const id = newId("con", Date.now());
  await db.insert(connections).values({
    ...{ id, tenantId: tenant.id, provider, externalId: id, name: `${provider} of ${tenant.name}`, details: {}, status },
    ...{ scopesAsked: [], scopesGranted: [], connectedBy: "usr", connectedAt: Date.now() },
  });
  return id;
}

async function pageOf(path: string, token: string) {
  const page = await ask(path, { headers: asPerson(token) });
  return { status: page.status, root: parse(await page.text()) };
}

async function send(path: string, token: string, fields: Record<string, string>, locale = "en") {
  const as = asPerson(token);
  const headers = {
    ...as,
    cookie: `${as.cookie}; atrium_locale=${locale}`,
    "content-type": "application/x-www-form-urlencoded",
    accept: "text/html",
  };
  const answer = await ask(path, { method: "POST", headers, body: new URLSearchParams(fields).toString() });
  return { status: answer.status, root: parse(await answer.text()) };
}

/** What the page's form offers, by value. */
async function offeredOn(path: string, token: string): Promise<Record<string, string>> {
  const { root } = await pageOf(path, token);
  const options = root.querySelectorAll('main select[name="account"] option').filter((option) => option.getAttribute("value") !== "");
  return Object.fromEntries(options.map((option) => [option.getAttribute("value"), option.text]));
}

/** The agency's own client with a Klaviyo account, a client, and an admin. */
async function stage() {
  const [house, tenant] = [await makeTenant({ vertical: "agency", name: `House ${newId("con", Date.now())}` }), await makeTenant()];
  const connection = await connect(house, "klaviyo");
  return { house, tenant, connection, value: `${house.id}/${connection}`, admin: (await makeUser({ staff: true })).token };
}

test("an admin lends an account on the client's settings, sees who lends it there, and ends the loan after a question", async () => {
  const { house, tenant, value, admin } = await stage();
  const before = await pageOf(settingsOf(tenant), admin);
  expect(before.root.querySelector("main")?.text).toContain("No accounts lent to this client.");
  expect((await send(settingsOf(tenant), admin, { intent: "lend", account: value })).status).toBe(302);
  const [loan] = await loansOf(tenant);
  expect(loan).toMatchObject({ lenderId: house.id, provider: "klaviyo", endedAt: null });

  const row = async (of: Tenant) =>
    (await pageOf(settingsOf(of), admin)).root.querySelectorAll("main table tbody tr").map(({ text }) => text);
  const [lent] = await row(tenant);
  for (const said of [`klaviyo of ${house.name}`, "Klaviyo", house.id, "End loan"]) expect(lent).toContain(said);
  // The lender's page says to whom.
  expect((await row(house))[0]).toContain(tenant.id);
  // Without JavaScript the question stands in a fold-out beside the button.
  const { root } = await pageOf(settingsOf(tenant), admin);
  const question = root.querySelectorAll("main table details form");
  expect(question).toHaveLength(1);
  expect(question[0]?.querySelector('input[name="loanId"]')?.getAttribute("value")).toBe(loan?.id);

  expect((await send(settingsOf(tenant), admin, { intent: "end-loan", loanId: loan?.id ?? "", account: "Klaviyo" })).status).toBe(302);
  expect((await loansOf(tenant))[0]?.endedAt).not.toBeNull();
  expect(await row(tenant)).toEqual([]);
});

test("only what may be lent is offered: connected accounts of the agency's own clients, no shop, none of a provider that is borrowed", async () => {
  const { house, tenant, value, admin } = await stage();
  const google = await connect(house, "google");
  await connect(house, "shopify");
  await connect(house, "hubspot", "reconnect_needed");
  await connect(house, "slack", "disconnected");
  const ofOthers = [
    await makeTenant(),
    await makeTenant({ vertical: "agency", status: "suspended" }),
    await makeTenant({ vertical: "agency", place: "DB_2" }),
  ];
  for (const other of ofOthers) await connect(other, "google");
  const offered = await offeredOn(settingsOf(tenant), admin);
  expect(offered).toMatchObject({ [value]: `Klaviyo: klaviyo of ${house.name} (${house.name})` });
  const byHouse = Object.keys(offered).filter((each) => each.startsWith(`${house.id}/`));
  expect(byHouse.sort()).toEqual([value, `${house.id}/${google}`].sort());
  for (const { id } of ofOthers) expect(Object.keys(offered).filter((each) => each.startsWith(`${id}/`))).toEqual([]);

  await send(settingsOf(tenant), admin, { intent: "lend", account: value });
  const after = Object.values(await offeredOn(settingsOf(tenant), admin));
  expect(after).not.toEqual([]);
  expect(after.filter((label) => label.startsWith("Klaviyo"))).toEqual([]);
  // Nobody borrows from itself.
  expect(Object.keys(await offeredOn(settingsOf(house), admin)).filter((each) => each.startsWith(`${house.id}/`))).toEqual([]);
});

test("what cannot be lent any more says why at the form, in the reader's language", async () => {
  const { tenant, connection, value, admin } = await stage();
  await db.update(connections).set({ status: "disconnected" }).where(eq(connections.id, connection));
  const says = { en: "This account isn’t connected.", he: "החשבון לא מחובר." };
  for (const [locale, words] of Object.entries(says)) {
    const { status, root } = await send(settingsOf(tenant), admin, { intent: "lend", account: value }, locale);
    expect(status).toBe(409);
    expect(root.querySelector('main [role="alert"]')?.text).toContain(words);
  }
  expect(await loansOf(tenant)).toEqual([]);
});

test("an owner never sees the form, and of another client's loan or of no client there is no page", async () => {
  const { house, tenant, value, admin } = await stage();
  await send(settingsOf(tenant), admin, { intent: "lend", account: value });
  const [loan] = await loansOf(tenant);
  for (const of of [tenant, house]) {
    const owner = (await makeUser({ roles: [[of, "owner"]] })).token;
    expect((await pageOf(settingsOf(of), owner)).status).toBe(404);
    for (const fields of [
      { intent: "end-loan", loanId: loan?.id ?? "", account: "Klaviyo" },
      { intent: "lend", loanId: "", account: value },
    ])
      expect((await send(settingsOf(of), owner, fields)).status).toBe(404);
    expect((await pageOf(`/t/${of.id}/settings/workspace`, owner)).root.querySelectorAll('select[name="account"]')).toEqual([]);
  }
  const third = await makeTenant();
  expect((await send(settingsOf(third), admin, { intent: "end-loan", loanId: loan?.id ?? "", account: "x" })).status).toBe(404);
  expect((await loansOf(tenant))[0]?.endedAt).toBeNull();
  expect((await pageOf("/admin/clients/nobody/settings", admin)).status).toBe(404);
});

test("a lent account is among the borrower's integrations and on its page, and the agency's page of the client names it", async () => {
  const { house, tenant, value, admin } = await stage();
  await send(settingsOf(tenant), admin, { intent: "lend", account: value });
  const owner = (await makeUser({ roles: [[tenant, "owner"]] })).token;
  const shown = async (path: string) => (await pageOf(path, owner)).root.querySelector("main")?.text;
  expect(await shown(`/t/${tenant.id}/integrations?show=connected`)).toMatch(/Klaviyo.*Provided by your agency/s);
  expect(await shown(`/t/${tenant.id}/integrations?show=free`)).not.toContain("Klaviyo");
  const page = await shown(`/t/${tenant.id}/integrations/klaviyo`);
  expect(page).toContain("Provided by your agency");
  expect(page).toContain("Connect your own account");
  expect(page).not.toContain("Not connected");
  const health = (await pageOf(`/admin/clients/${tenant.id}`, admin)).root.querySelector("main")?.text;
  expect(health).toContain(`Lent by the agency: Klaviyo (klaviyo of ${house.name})`);
});
