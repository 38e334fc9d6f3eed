import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { policies } from "#db/schema/index.ts";
import { usualPolicy } from "#server/domain/actions/usual-policy.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);
const automation = "at-risk-customer-flow";

/** A client whose automation asks first, and two who look at its page. */
async function makePage() {
  const [tenant, now] = [await makeTenant(), Date.now()];
  await db
    .insert(policies)
    .values({ ...usualPolicy, tenantId: tenant.id, automation, mode: "approve", salt: "s", createdAt: now, updatedAt: now });
  const owner = (await makeUser({ roles: [[tenant, "owner"]] })).token;
  const staff = (await makeUser({ staff: true })).token;
  return {
    tenant,
    owner: { token: owner, path: `/t/${tenant.id}/automations/${automation}` },
    staff: { token: staff, path: `/admin/clients/${tenant.id}/automations/${automation}` },
    async policy() {
      const answer = await ask(`/api/policies/${tenant.id}/${automation}`, { headers: asPerson(owner) });
      return (await answer.json()) as Record<string, unknown>;
    },
  };
}

type Who = { token: string; path: string };

/** What a browser without JavaScript has: the page, or what its form led to. */
async function pageOf({ token, path }: Who, fields?: Record<string, string>) {
  const answer = await ask(path, {
    headers: { ...asPerson(token), ...(fields && { "content-type": "application/x-www-form-urlencoded", accept: "text/html" }) },
    ...(fields && { method: "POST", body: new URLSearchParams(fields).toString() }),
  });
  const main = parse(await answer.text()).querySelector("main");
  return { status: answer.status, main, text: (main?.text ?? "").replace(/\s+/g, " ") };
}

/** All that the page's policy form would send. */
async function formOf(who: Who): Promise<Record<string, string>> {
  const { main } = await pageOf(who);
  const form = main?.querySelectorAll("form").find((each) => each.querySelector('input[name="actionsADay"]'));
  const inputs = form?.querySelectorAll("input") ?? [];
  const sent = inputs.filter((each) => !/^(radio|checkbox)$/.test(each.getAttribute("type") ?? "") || each.hasAttribute("checked"));
  return {
    intent: "policy",
    ...Object.fromEntries(sent.map((each) => [each.getAttribute("name") ?? "", each.getAttribute("value") ?? ""])),
  };
}

test("of two who have the form open the later one writes nothing over what the first one said, and sees it", async () => {
  const page = await makePage();
  const stale = await formOf(page.staff);
  expect((await pageOf(page.owner, { ...(await formOf(page.owner)), actionsADay: "3" })).status).toBe(302);
  const refused = await pageOf(page.staff, { ...stale, peopleADay: "77" });
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining("Somebody has changed the settings since")]);
  const shownIn = (name: string) => refused.main?.querySelector(`input[name="${name}"]`)?.getAttribute("value");
  expect([shownIn("actionsADay"), shownIn("peopleADay")]).toEqual(["3", "20"]);
  expect(await page.policy()).toMatchObject({ actionsADay: 3, peopleADay: 20 });
  // What they see now they may change.
  expect((await pageOf(page.staff, { ...(await formOf(page.staff)), peopleADay: "77" })).status).toBe(302);
  expect(await page.policy()).toMatchObject({ actionsADay: 3, peopleADay: 77 });
});

test("a form that is sent twice is done once, and nonsense in it is no defect of ours", async () => {
  const page = await makePage();
  const form = { ...(await formOf(page.owner)), actionsADay: "4" };
  for (const _ of [1, 2]) expect((await pageOf(page.owner, form)).status).toBe(302);
  expect(await page.policy()).toMatchObject({ actionsADay: 4 });
  for (const nonsense of ["{", "5", '{"mode":"x"}', "null"])
    expect((await pageOf(page.owner, { ...form, was: nonsense })).status, nonsense).toBe(422);
  const now = JSON.stringify(await page.policy());
  for (const wrong of ["mode always", "actionsADay 1e9", "stakeADay -1", "quietFrom 25:00", "effectPoints 0"]) {
    const [name = "", value = ""] = wrong.split(" ");
    expect((await pageOf(page.owner, { ...form, was: now, [name]: value })).status, wrong).toBe(422);
  }
  expect(await page.policy()).toMatchObject({ mode: "approve", actionsADay: 4 });
});

test("what is turned on or let act from a page that is out of date changes nothing", async () => {
  const page = await makePage();
  expect((await pageOf(page.owner, { intent: "on" })).status).toBe(409);
  expect((await pageOf(page.owner, { intent: "auto", was: '{"mode":"shadow"}' })).status).toBe(409);
  expect(await page.policy()).toMatchObject({ mode: "approve" });
});

test("the interface takes what was read along, and refuses what is out of date", async () => {
  const page = await makePage();
  const put = (body: object) =>
    ask(`/api/policies/${page.tenant.id}/${automation}`, {
      method: "PUT",
      headers: { ...asPerson(page.owner.token), "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const was = await page.policy();
  expect((await put({ actionsADay: 5, was })).status).toBe(200);
  const refused = await put({ actionsADay: 6, was });
  expect([refused.status, await refused.json()]).toMatchObject([409, { error: { code: "settings_changed" } }]);
  expect((await put({ actionsADay: 6 })).status).toBe(200);
});
