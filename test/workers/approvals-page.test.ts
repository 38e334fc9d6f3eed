import { and, eq } from "drizzle-orm";
import { parse } from "node-html-parser";
import { describe, expect, test } from "vitest";
import { LOCALE_COOKIE } from "#app/i18n/locale.ts";
import { openDb } from "#db/client.ts";
import { actionSteps, actionStops, actions, auditLog, policies, schedules } from "#db/schema/index.ts";
import type { Role } from "#db/words/tenants.ts";
import type { Tenant } from "#server/ctx.ts";
import { usualPolicy } from "#server/domain/actions/usual-policy.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";
import { proposeReview, type Seed } from "./propose-review.ts";

const db = openDb(testEnv.DB);
const automation = "review-request-automation";
const personOf = async (tenant: Tenant, role: Role) => (await makeUser({ roles: [[tenant, role]] })).token;
const staff = async () => (await makeUser({ staff: true })).token;

/** A page as a browser without JavaScript has it. */
async function pageOf(path: string, token: string, locale = "en") {
  const { cookie, ...headers } = asPerson(token);
  return read(await ask(path, { headers: { ...headers, cookie: `${cookie}; ${LOCALE_COOKIE}=${locale}` } }));
}

async function read(page: Response) {
  const root = parse(await page.text());
  return {
    status: page.status,
    headers: page.headers,
    root,
    main: root.querySelector("main"),
    text: root.querySelector("main")?.text ?? "",
  };
}

async function send(path: string, token: string, fields: [string, string][]) {
  const headers = { ...asPerson(token), "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
  return read(await ask(path, { method: "POST", headers, body: new URLSearchParams(fields).toString() }));
}

async function policyOf(tenant: Tenant, more: Partial<typeof policies.$inferInsert> = {}) {
  const now = Date.now();
  await db.insert(policies).values({
    ...{ ...usualPolicy, tenantId: tenant.id, automation, mode: "approve", salt: "s", createdAt: now, updatedAt: now },
    ...more,
  });
}

const rowOf = async (id: string) => (await db.select().from(actions).where(eq(actions.id, id)))[0];

describe("without JavaScript, the list of what waits", () => {
  test("says why first, then what would be done, and is decided one by one or together, each by the hash that was shown", async () => {
    const tenant = await makeTenant();
    await policyOf(tenant);
    const owner = await personOf(tenant, "owner");
    const path = `/t/${tenant.id}/approvals`;
    expect((await pageOf(path, owner)).text).toContain("Nothing to approve");
    const [one, two, three, four] = [
      await proposeReview(tenant),
      await proposeReview(tenant, { customerId: "8" }),
      await proposeReview(tenant, { customerId: "9" }),
      await proposeReview(tenant),
    ];
    const { main, text, root } = await pageOf(path, owner);
    expect(main?.querySelectorAll("li[data-item] h2")).toHaveLength(4);
    expect(text).toContain(`Order ${one.number} for £38.00 was delivered 8 days ago`);
    expect(text).toContain("Record “Review requested” in Klaviyo for customer 7");
    expect(root.querySelector(`a[href="${path}"] .sr-only`)?.text).toBe("4 to approve");
    // Enter in a field of the form for many presses its first button, which does nothing.
    const bulk = main?.querySelector("input[name=item][type=checkbox]")?.getAttribute("form");
    expect(main?.querySelector(`form[id="${bulk}"] button[type=submit]`)?.hasAttribute("disabled")).toBe(true);

    expect(
      (
        await send(path, owner, [
          ["decision", "approve"],
          ["item", one.ref],
        ])
      ).status,
    ).toBe(302);
    expect(await rowOf(one.id)).toMatchObject({ status: "approved" });
    expect(
      (
        await send(path, owner, [
          ["decision", "reject"],
          ["reason", "a regular"],
          ["item", two.ref],
          ["item", three.ref],
        ])
      ).status,
    ).toBe(302);
    expect(await rowOf(two.id)).toMatchObject({ status: "rejected", note: "a regular" });
    expect(await rowOf(three.id)).toMatchObject({ status: "rejected", note: "a regular" });
    expect(await rowOf(four.id)).toMatchObject({ status: "waiting" });
  });

  test("what is sent without a yes or a no decides nothing, on the page of one action neither", async () => {
    const tenant = await makeTenant();
    await policyOf(tenant);
    const owner = await personOf(tenant, "owner");
    const { id, ref } = await proposeReview(tenant);
    for (const path of [`/t/${tenant.id}/approvals`, `/t/${tenant.id}/approvals/${id}`])
      for (const decision of ["", "maybe", "APPROVE"]) {
        const answer = await send(path, owner, [
          ["decision", decision],
          ["item", ref],
        ]);
        expect([answer.status, (await rowOf(id))?.status]).toEqual([422, "waiting"]);
      }
    expect((await send(`/t/${tenant.id}/approvals`, owner, [["item", ref]])).status).toBe(422);
    expect(await rowOf(id)).toMatchObject({ status: "waiting" });
  });

  test("says of many how many were decided, and why others were not", async () => {
    const tenant = await makeTenant();
    await policyOf(tenant);
    const owner = await personOf(tenant, "owner");
    const path = `/t/${tenant.id}/approvals`;
    const [good, changed, over] = [
      await proposeReview(tenant),
      await proposeReview(tenant, { customerId: "8" }),
      await proposeReview(tenant, { status: "rejected" }),
    ];
    const stale = changed.ref.replace(/\w{64}$/, "0".repeat(64));
    const answer = await send(path, owner, [
      ["decision", "approve"],
      ["item", good.ref],
      ["item", stale],
      ["item", over.ref],
    ]);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain("1 approved. 2 couldn’t be decided.");
    expect(answer.text).toContain("This action has changed since you saw it.");
    expect(answer.text).toContain("Somebody has decided this already.");
    expect(answer.main?.querySelector("li[data-item] [role=alert]")?.text).toContain("has changed since");
    expect((await send(path, owner, [["decision", "approve"]])).text).toContain("Select at least one.");
  });

  test("has what is in shadow, where a yes or no is an opinion, and the ones under way, over, and of the control group", async () => {
    const tenant = await makeTenant();
    const owner = await personOf(tenant, "owner");
    const path = `/t/${tenant.id}/approvals`;
    const shadowed = await proposeReview(tenant, { status: "shadowed" });
    await proposeReview(tenant, { status: "done", decidedBy: "policy", decidedAt: Date.now(), finishedAt: Date.now() });
    await proposeReview(tenant, { status: "withheld" });
    const { text } = await pageOf(`${path}?view=shadowed`, owner);
    expect(text).toContain("None of this will be done.");
    expect(text).toContain("I’d do this");
    await send(`${path}?view=shadowed`, owner, [
      ["decision", "approve"],
      ["item", shadowed.ref],
    ]);
    expect(await rowOf(shadowed.id)).toMatchObject({ status: "shadowed", agreed: true });
    expect((await pageOf(`${path}?view=over`, owner)).text).toContain("Automatic mode");
    expect((await pageOf(`${path}?view=withheld`, owner)).main?.querySelectorAll("li[data-item]")).toHaveLength(1);
    expect((await pageOf(`${path}?view=running`, owner)).text).toContain("Nothing in progress");
  });

  test("says why a policy left one to a person, and goes on to older ones by a cursor", async () => {
    const tenant = await makeTenant();
    const owner = await personOf(tenant, "owner");
    const path = `/t/${tenant.id}/approvals`;
    for (let each = 0; each < 51; each++) await proposeReview(tenant, { reason: "budget_spent", createdAt: each, customerId: null });
    const first = await pageOf(path, owner);
    expect(first.main?.querySelectorAll("li[data-item]")).toHaveLength(50);
    expect(first.text).toContain("Daily limit reached");
    const older = first.main?.querySelector("a[rel=next]");
    expect(older?.text).toBe("Older");
    expect((await pageOf(older?.getAttribute("href") ?? "", owner)).main?.querySelectorAll("li[data-item]")).toHaveLength(1);
  });

  test("has no buttons for a viewer", async () => {
    const tenant = await makeTenant();
    const { id, ref } = await proposeReview(tenant);
    for (const path of [`/t/${tenant.id}/approvals`, `/t/${tenant.id}/approvals/${id}`]) {
      const { main, status } = await pageOf(path, await personOf(tenant, "viewer"));
      expect(status).toBe(200);
      expect(main?.querySelectorAll("main form[method=post], input[type=checkbox], details[data-key]")).toHaveLength(0);
    }
    const refused = await send(`/t/${tenant.id}/approvals`, await personOf(tenant, "viewer"), [
      ["decision", "approve"],
      ["item", ref],
    ]);
    expect(refused.status).toBe(403);
    expect(await rowOf(id)).toMatchObject({ status: "waiting" });
  });
});

describe("the page of one action", () => {
  test("is not found in another client, whichever way it is asked for", async () => {
    const [mine, other] = [await makeTenant(), await makeTenant()];
    const { id, ref } = await proposeReview(other);
    const owner = await personOf(mine, "owner");
    expect((await pageOf(`/t/${mine.id}/approvals/${id}`, owner)).status).toBe(404);
    expect((await pageOf(`/t/${other.id}/approvals/${id}`, owner)).status).toBe(404);
    expect(
      (
        await send(`/t/${mine.id}/approvals/${id}`, owner, [
          ["decision", "approve"],
          ["item", ref],
        ])
      ).status,
    ).toBe(404);
    // In a list the client of the page counts, not what the form says.
    expect(
      (
        await send(`/t/${mine.id}/approvals`, owner, [
          ["decision", "approve"],
          ["item", ref],
        ])
      ).text,
    ).toContain("Action not found.");
    expect(await rowOf(id)).toMatchObject({ status: "waiting" });
  });

  test("of two who change it the later one sees what the first one made of it, and writes nothing back", async () => {
    const tenant = await makeTenant();
    const owner = await personOf(tenant, "owner");
    const { id, hash } = await proposeReview(tenant, { payload: { value: { minor: 3800, currency: "GBP" } } });
    const path = `/t/${tenant.id}/approvals/${id}`;
    const edit = (metric: string, value: string): [string, string][] => [
      ...([
        ["intent", "edit"],
        ["place", "0"],
        ["hash", hash],
      ] satisfies [string, string][]),
      ...([
        ["metric", metric],
        ["value", value],
      ] satisfies [string, string][]),
    ];
    expect((await send(path, owner, edit("Ask for stars", "38.00"))).status).toBe(302);
    const late = await send(path, owner, edit("Review requested", "40.00"));
    expect([late.status, late.text]).toEqual([409, expect.stringContaining("This action has changed since you saw it.")]);
    const field = (name: string) => late.main?.querySelector(`details[open] input[name="${name}"]`)?.getAttribute("value");
    expect([field("metric"), field("value"), field("hash")]).toEqual(["Ask for stars", "38.00", (await rowOf(id))?.hash]);
  });

  test("shows each step, and takes another content for it: a new hash, which waits as before", async () => {
    const tenant = await makeTenant();
    const owner = await personOf(tenant, "owner");
    const { id, hash, ref } = await proposeReview(tenant, { payload: { value: { minor: 3800, currency: "GBP" } } });
    const path = `/t/${tenant.id}/approvals/${id}`;
    const { main } = await pageOf(path, owner);
    const field = (name: string) => main?.querySelector(`input[name="${name}"]`)?.getAttribute("value");
    expect([field("metric"), field("value"), field("customerId")]).toEqual(["Review requested", "38.00", undefined]);
    const edit: [string, string][] = [
      ["intent", "edit"],
      ["place", "0"],
      ["hash", hash],
    ];
    const wrong = await send(path, owner, [...edit, ["metric", "write to ann@shop.example"], ["value", "38.00"]]);
    expect(wrong.status).toBe(422);
    expect(wrong.main?.querySelector('input[name="metric"]')?.getAttribute("value")).toBe("write to ann@shop.example");
    expect(wrong.main?.querySelector('input[name="metric"][aria-invalid]')).not.toBeNull();
    expect((await send(path, owner, [...edit, ["metric", "Ask for stars"], ["value", "40,50"]])).status).toBe(302);
    const [step] = await db
      .select()
      .from(actionSteps)
      .where(and(eq(actionSteps.tenantId, tenant.id), eq(actionSteps.actionId, id)));
    expect(step?.payload).toMatchObject({ metric: "Ask for stars", value: { minor: 4050, currency: "GBP" }, customerId: "7" });
    expect(await rowOf(id)).toMatchObject({ status: "waiting", edited: true });
    // What was shown before is refused, with the new content.
    const stale = await send(path, owner, [
      ["decision", "approve"],
      ["item", ref],
    ]);
    expect(stale.status).toBe(409);
    expect(stale.text).toContain("This action has changed since you saw it.");
    expect(stale.text).toContain("Record “Ask for stars”");
    expect(await rowOf(id)).toMatchObject({ status: "waiting" });
  });

  test("says in words what became of it, who decided, and what the provider said", async () => {
    const tenant = await makeTenant();
    const viewer = await personOf(tenant, "viewer");
    const pageWith = async (more: Seed) =>
      (await pageOf(`/t/${tenant.id}/approvals/${(await proposeReview(tenant, more)).id}`, viewer)).text;
    expect(await pageWith({ status: "failed", failureKind: "rejected", failureMessage: "no profile" })).toMatch(
      /Failed.*The provider refused the request.*no profile/s,
    );
    expect(await pageWith({ status: "voided", reason: "bought_meanwhile" })).toContain("The customer has bought in the meantime");
    expect(await pageWith({ status: "unsure", availableAt: null })).toContain("Nobody can tell us whether it was done.");
    expect(await pageWith({ status: "unsure", availableAt: 1 })).toContain("checking whether it was done");
    await db.insert(actionStops).values({ scope: tenant.id, stoppedBy: "x", stoppedAt: 1 });
    expect(await pageWith({ status: "approved", availableAt: 1 })).toMatch(/Everything is stopped.*It waits until someone resumes/s);
  });

  describe("of an action whose outcome nobody could tell", () => {
    /** Its one step was begun, no provider knows what came of it, and nobody looks it up any more. */
    async function unclear(tenant: Tenant, more: Seed = {}) {
      const { id } = await proposeReview(tenant, { status: "unsure", availableAt: null, attempt: 3, ...more });
      await db.update(actionSteps).set({ status: "begun", begunAt: 1 }).where(eq(actionSteps.actionId, id));
      return { id, path: `/t/${tenant.id}/approvals/${id}` };
    }
    const settle = (done: "0" | "1"): [string, string][] => [
      ["intent", "settle"],
      ["done", done],
    ];
    const buttons = ({ main }: Awaited<ReturnType<typeof read>>) => main?.querySelectorAll('button[name="done"]').map(({ text }) => text);
    const stepOf = async (id: string) => (await db.select().from(actionSteps).where(eq(actionSteps.actionId, id)))[0];

    test("asks whoever decides what came of it, and nobody of any other action", async () => {
      const tenant = await makeTenant();
      const owner = await personOf(tenant, "owner");
      const { path } = await unclear(tenant);
      const page = await pageOf(path, owner);
      expect(buttons(page)).toEqual(["It was done", "It wasn’t: do it now"]);
      expect(page.main?.querySelector('input[name="place"]')?.getAttribute("value")).toBe("0");
      expect(page.text).toContain("Check in Klaviyo, then say so here.");
      expect(buttons(await pageOf(path, await personOf(tenant, "viewer")))).toEqual([]);
      for (const other of [
        { status: "unsure", availableAt: 1 },
        { status: "executing", availableAt: 1 },
        { status: "waiting" },
        { status: "shadowed" },
        { status: "failed", failureKind: "rejected" },
        { status: "done" },
      ] satisfies Seed[]) {
        const { id } = await proposeReview(tenant, other);
        expect(buttons(await pageOf(`/t/${tenant.id}/approvals/${id}`, owner)), JSON.stringify(other)).toEqual([]);
      }
    });

    test("is not found in another client, and refused with a sentence to a viewer, and to a member whose limit it is above", async () => {
      const tenant = await makeTenant();
      const { id, path } = await unclear(tenant, { stake: { minor: 3800, currency: tenant.currency } });
      const stranger = await makeTenant();
      const owner = await personOf(stranger, "owner");
      expect((await send(path, owner, settle("1"))).status).toBe(404);
      expect((await send(`/t/${stranger.id}/approvals/${id}`, owner, settle("1"))).status).toBe(404);
      for (const [role, sentence] of [
        ["viewer", "Problem: Your role doesn’t allow this."],
        ["member", "Problem: This is more than you can approve. Ask an owner or admin."],
      ] as const) {
        const refused = await send(path, await personOf(tenant, role), settle("0"));
        expect([refused.status, refused.main?.querySelector("[role=alert]")?.text], role).toEqual([403, sentence]);
      }
      expect(await rowOf(id)).toMatchObject({ status: "unsure", availableAt: null });
      expect(await stepOf(id)).toMatchObject({ status: "begun" });
    });

    test.each([
      { says: "it was done", done: "1", action: { status: "done", availableAt: null }, step: "done" },
      { says: "it wasn’t", done: "0", action: { status: "approved", availableAt: expect.any(Number), finishedAt: null }, step: "pending" },
    ] as const)("takes $says once: a second press changes nothing, and says so", async ({ done, action, step }) => {
      const tenant = await makeTenant();
      const owner = await personOf(tenant, "owner");
      const { id, path } = await unclear(tenant);
      expect((await send(path, owner, settle(done))).status).toBe(302);
      expect(await rowOf(id)).toMatchObject({ ...action, attempt: 0 });
      expect(await stepOf(id)).toMatchObject({ status: step });
      expect(buttons(await pageOf(path, owner))).toEqual([]);
      const settled = [await rowOf(id), await stepOf(id)];
      for (const again of ["0", "1"] as const) {
        const second = await send(path, owner, settle(again));
        expect([second.status, second.main?.querySelector("[role=alert]")?.text]).toEqual([
          409,
          "Problem: Somebody has decided this already.",
        ]);
      }
      expect([await rowOf(id), await stepOf(id)]).toEqual(settled);
      const lines = await db.select({ action: auditLog.action }).from(auditLog).where(eq(auditLog.tenantId, tenant.id));
      expect(lines.filter((line) => line.action === "action.settled")).toHaveLength(1);
    });
  });

  test("shows a customer's name to who may see it alone, by a POST, and no cache keeps the answer", async () => {
    const tenant = await makeTenant();
    const { id } = await proposeReview(tenant);
    const path = `/t/${tenant.id}/approvals/${id}`;
    expect((await pageOf(path, await personOf(tenant, "member"))).text).not.toContain("Show name and contact");
    expect((await send(path, await personOf(tenant, "member"), [["intent", "reveal"]])).status).toBe(403);
    const owner = await personOf(tenant, "owner");
    const page = await pageOf(path, owner);
    expect(page.text).toContain("Show name and contact");
    expect(page.headers.get("cache-control")).toBe("no-store");
    // The account is none of this client's: the look is written down, and the page says that there is nobody.
    expect((await send(path, owner, [["intent", "reveal"]])).status).toBe(404);
    const lines = await db.select({ action: auditLog.action }).from(auditLog).where(eq(auditLog.tenantId, tenant.id));
    expect(lines.map(({ action }) => action)).toContain("action.revealed");
  });
});

describe("the page of an automation", () => {
  test("asks for no limit of what it never touches, and saving the others leaves those as they are", async () => {
    const tenant = await makeTenant();
    const owner = await personOf(tenant, "owner");
    const asked = async (id: string) => {
      const { main } = await pageOf(`/t/${tenant.id}/automations/${id}`, owner);
      return main?.querySelectorAll("form input[name]").map((input) => input.getAttribute("name")) ?? [];
    };
    const customers = ["peopleADay", "quietFrom", "quietTo", "holdout", "effectPoints"];
    const money = ["stakeADay", "largestStake", "memberStake"];
    const told = "churn-prediction-resilient";
    expect((await asked(told)).filter((name) => [...customers, ...money].includes(name ?? ""))).toEqual([]);
    const reviews = await asked("review-request-automation");
    expect(reviews).toEqual(expect.arrayContaining(customers));
    expect(reviews.filter((name) => money.includes(name ?? ""))).toEqual([]);
    expect(await asked("at-risk-customer-flow")).toEqual(expect.arrayContaining([...customers, ...money]));
    const limits = { quietFrom: "20:00", peopleADay: 7, largestStake: 1234, memberStake: 5, effectPoints: 4 };
    await db.insert(policies).values({
      ...{ ...usualPolicy, ...limits, tenantId: tenant.id, automation: told, mode: "shadow", salt: "s", createdAt: 1, updatedAt: 1 },
    });
    const sent = await send(`/t/${tenant.id}/automations/${told}`, owner, [
      ["intent", "policy"],
      ["mode", "shadow"],
      ["actionsADay", "9"],
    ]);
    expect(sent.status).toBe(302);
    const [kept] = await db.select().from(policies).where(eq(policies.tenantId, tenant.id));
    expect(kept).toMatchObject({ ...limits, actionsADay: 9 });
  });

  const path = (tenant: Tenant, more = "") => `/t/${tenant.id}/automations${more}`;
  const own = `/${automation}`;
  const spending = "/at-risk-customer-flow";
  const policy = async ({ id }: Tenant) => (await db.select().from(policies).where(eq(policies.tenantId, id)))[0];
  const form = (more: Record<string, string>): [string, string][] =>
    Object.entries({
      ...{ intent: "policy", mode: "shadow", actionsADay: "20", peopleADay: "20", stakeADay: "100", largestStake: "20", memberStake: "0" },
      ...{ quietFrom: "21:00", quietTo: "08:00", staffDecides: "1", ...more },
    });

  test("turns it on in shadow and no further, fixes the control group then, and keeps money in minor units", async () => {
    for (const [currency, typed, minor] of [
      ["GBP", "12.5", 1250],
      ["JPY", "1500", 1500],
      ["KWD", "1.234", 1234],
    ] as const) {
      const tenant = await makeTenant({ currency });
      const owner = await personOf(tenant, "owner");
      const refused = await send(path(tenant, spending), owner, form({ mode: "auto" }));
      expect([refused.status, refused.text.includes("An automation starts in shadow")]).toEqual([422, true]);
      const off = await pageOf(path(tenant, spending), owner);
      expect(off.main?.querySelector('input[value="auto"]')?.hasAttribute("disabled")).toBe(true);
      expect((await send(path(tenant, spending), owner, form({ holdout: "25", effectPoints: "3", largestStake: typed }))).status).toBe(302);
      expect(await policy(tenant)).toMatchObject({ mode: "shadow", holdout: 25, effectPoints: 3, largestStake: minor });
      const on = await pageOf(path(tenant, spending), owner);
      expect(Number(on.main?.querySelector('input[name="largestStake"]')?.getAttribute("value")), currency).toBe(Number(typed));
      const share = on.main?.querySelector('input[name="holdout"]');
      expect([share?.getAttribute("value"), share?.hasAttribute("disabled")]).toEqual(["25", true]);
      expect(on.text).toContain("Turning it off and on again draws a new group");
      expect((await send(path(tenant, spending), owner, form({ mode: "approve" }))).status).toBe(302);
      expect(await policy(tenant)).toMatchObject({ mode: "approve", holdout: 25 });
    }
  });

  test("says of a run that is due that it comes any moment, not when it should have been", async () => {
    const tenant = await makeTenant();
    await policyOf(tenant, { mode: "shadow" });
    await db.insert(schedules).values({ tenantId: tenant.id, job: automation, everyS: 3600, nextAt: Date.now() - 60_000, config: {} });
    const { text } = await pageOf(path(tenant, own), await personOf(tenant, "owner"));
    expect(text).toContain("Next runAny moment");
  });

  test("says of what is no amount that it is none, and keeps what was typed", async () => {
    const tenant = await makeTenant();
    await policyOf(tenant, { mode: "shadow" });
    const answer = await send(path(tenant, spending), await personOf(tenant, "owner"), form({ stakeADay: "much" }));
    expect(answer.status).toBe(422);
    expect(answer.main?.querySelector('input[name="stakeADay"][aria-invalid]')?.getAttribute("value")).toBe("much");
  });

  test("has settings of its own, drawn from its schema", async () => {
    const tenant = await makeTenant();
    const owner = await personOf(tenant, "owner");
    const { text } = await pageOf(path(tenant, own), owner);
    expect(text).toContain("Days after delivery");
    const settings: [string, string][] = [
      ["intent", "settings"],
      ["daysAfter", "9"],
      ["channel", "sms"],
      ["metric", "Ask"],
    ];
    expect((await send(path(tenant, own), owner, settings)).status).toBe(302);
    expect((await pageOf(path(tenant, own), owner)).main?.querySelector('input[name="daysAfter"]')?.getAttribute("value")).toBe("9");
  });

  test("stops everything after a question, says so on each page, and resumes", async () => {
    const tenant = await makeTenant();
    await policyOf(tenant);
    const owner = await personOf(tenant, "owner");
    expect((await pageOf(path(tenant), owner)).text).toContain("Stop all automations now?");
    expect((await send(path(tenant), await personOf(tenant, "member"), [["intent", "stop"]])).status).toBe(302);
    for (const page of [path(tenant), path(tenant, own), `/t/${tenant.id}/approvals`])
      expect((await pageOf(page, owner)).text).toContain("Everything is stopped");
    expect((await send(path(tenant), await personOf(tenant, "member"), [["intent", "resume"]])).status).toBe(403);
    // The agency sees that it is stopped, and cannot let go on what the client stopped itself.
    const agency = await staff();
    const resumes = async (page: string, token: string) =>
      (await pageOf(page, token)).main?.querySelector('button[value="resume"]') !== null;
    for (const page of ["", own].map((more) => `/admin/clients/${tenant.id}/automations${more}`)) {
      expect((await pageOf(page, agency)).text).toContain("Everything is stopped");
      expect(await resumes(page, agency)).toBe(false);
    }
    const refused = await send(`/admin/clients/${tenant.id}/automations`, agency, [["intent", "resume"]]);
    expect([refused.status, refused.text.includes("Only the client’s own people can resume")]).toEqual([403, true]);
    expect(await resumes(path(tenant), owner)).toBe(true);
    expect((await send(path(tenant), owner, [["intent", "resume"]])).status).toBe(302);
    expect((await pageOf(path(tenant), owner)).text).not.toContain("Everything is stopped");
  });

  test("counts what came of it, says what it lacks, and lets a viewer change nothing", async () => {
    const tenant = await makeTenant();
    await policyOf(tenant);
    await proposeReview(tenant);
    await proposeReview(tenant, { status: "done" });
    const { text, main } = await pageOf(path(tenant), await personOf(tenant, "viewer"));
    expect(text).toMatch(/Proposed\s*2\s*Waiting\s*1\s*Done\s*1/);
    expect(text).toContain("It can’t run yetConnect ShopifyConnect Klaviyo");
    expect(main?.querySelector(`a[href="/t/${tenant.id}/integrations/klaviyo"]`)).not.toBeNull();
    const page = await pageOf(path(tenant, own), await personOf(tenant, "viewer"));
    expect(page.main?.querySelectorAll("input:not([disabled]):not([type=hidden])")).toHaveLength(0);
    expect((await send(path(tenant, own), await personOf(tenant, "viewer"), form({}))).status).toBe(403);
    expect((await pageOf(path(tenant, "/no-such-automation"), await personOf(tenant, "viewer"))).status).toBe(404);
  });
});

describe("the agency", () => {
  test("decides of several clients at once, but not where a client decides alone", async () => {
    const [open, closed] = [await makeTenant({ name: "Open Shop" }), await makeTenant({ name: "Closed Shop" })];
    await policyOf(open);
    await policyOf(closed, { staffDecides: false });
    const soon = Date.now() + 60_000;
    const [one, two] = [await proposeReview(open, { expiresAt: soon }), await proposeReview(closed, { expiresAt: soon })];
    const token = await staff();
    const { text } = await pageOf("/admin/approvals", token);
    expect(text).toContain("Open Shop");
    const answer = await send("/admin/approvals", token, [
      ["decision", "approve"],
      ["item", one.ref],
      ["item", two.ref],
    ]);
    expect(answer.text).toContain("1 approved. 1 couldn’t be decided.");
    expect(answer.text).toContain("The agency does not decide for this client.");
    expect([await rowOf(one.id), await rowOf(two.id)]).toMatchObject([{ status: "approved" }, { status: "waiting" }]);
    const page = await pageOf(`/admin/clients/${closed.id}/approvals/${two.id}`, token);
    expect(page.status).toBe(200);
    expect(page.main?.querySelector('button[name="decision"]')).toBeNull();
    expect((await pageOf("/admin/approvals", await personOf(open, "owner"))).status).toBe(404);
  });

  test("stops all clients and lets them act again, of which each client's page says that it was the agency", async () => {
    const tenant = await makeTenant();
    await policyOf(tenant);
    const token = await staff();
    expect((await send("/admin/approvals", token, [["intent", "stop"]])).status).toBe(302);
    expect((await pageOf("/admin/approvals", token)).text).toContain("All automations of all clients are stopped");
    const { text, main } = await pageOf(`/t/${tenant.id}/automations`, await personOf(tenant, "owner"));
    expect(text).toContain("Your agency has stopped all automations");
    expect(main?.querySelector('button[value="resume"]')).toBeNull();
    expect((await send("/admin/approvals", token, [["intent", "resume"]])).status).toBe(302);
    expect((await pageOf("/admin/approvals", token)).text).not.toContain("are stopped");
  });

  test("sets how far a client's automation may go, but not whether the agency decides; where it does not, it only holds back", async () => {
    const tenant = await makeTenant();
    await policyOf(tenant, { mode: "shadow", staffDecides: true });
    const token = await staff();
    const path = `/admin/clients/${tenant.id}/automations`;
    expect((await pageOf(path, token)).text).toContain("Review requests");
    const page = await pageOf(`${path}/${automation}`, token);
    expect(page.main?.querySelectorAll("h1")).toHaveLength(1);
    expect(page.main?.querySelector('input[name="staffDecides"]')?.hasAttribute("disabled")).toBe(true);
    const limits = { actionsADay: "5", peopleADay: "5", stakeADay: "10", largestStake: "1", memberStake: "0" };
    const set = (mode: string, more: object = {}) =>
      send(
        `${path}/${automation}`,
        token,
        Object.entries({ intent: "policy", mode, ...limits, quietFrom: "00:00", quietTo: "00:00", ...more }),
      );
    const stored = async () => (await db.select().from(policies).where(eq(policies.tenantId, tenant.id)))[0];
    expect((await set("approve")).status).toBe(302);
    expect(await stored()).toMatchObject({ mode: "approve", actionsADay: 5, stakeADay: 1000, staffDecides: true });
    await db.update(policies).set({ staffDecides: false }).where(eq(policies.tenantId, tenant.id));
    expect((await set("auto")).status).toBe(403);
    expect((await set("approve", { actionsADay: "6" })).status).toBe(403);
    expect(await stored()).toMatchObject({ mode: "approve", actionsADay: 5 });
    expect((await set("shadow", { actionsADay: "1" })).status).toBe(302);
    expect(await stored()).toMatchObject({ mode: "shadow", actionsADay: 1, staffDecides: false });
  });
});

test("the pages are said in the reader's language", async () => {
  const tenant = await makeTenant();
  await policyOf(tenant);
  await proposeReview(tenant);
  const owner = await personOf(tenant, "owner");
  expect((await pageOf(`/t/${tenant.id}/approvals`, owner, "fr")).text).toContain("Approuver");
  expect((await pageOf(`/t/${tenant.id}/automations`, owner, "he")).text).toContain("בקשות לביקורת");
});
