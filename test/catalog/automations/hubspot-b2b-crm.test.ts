import { eq } from "drizzle-orm";
import { afterEach, expect, test } from "vitest";
import { actionSteps, actions, crmConflicts, crmRecords } from "#db/schema/index.ts";
import type { FailedRow, Receipt } from "#db/words/actions.ts";
import type { Person } from "#sandbox/shop/model.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import { hubspotB2bCrm } from "#server/catalog/automations/hubspot-b2b-crm.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { keyedHash } from "#server/domain/vault/sign-in-tokens.ts";
import { ProviderError } from "#server/errors.ts";
import { askShop, besideOf, doingOf, freshAccount, sandbox } from "#test/catalog/actions/doing.ts";
import { crmAccount } from "./crm-account.ts";
import { dayMs, hourMs, iso, orderOf, stage } from "./stage.ts";

const now = Date.now();
interface Portal {
  contacts: Record<string, string>[];
  companies: Record<string, string>[];
  deals: Record<string, string>[];
  associations: string[];
}
type Buyer = Person & { customerId: number };

afterEach(() => sandbox.control("/control", undefined, "DELETE"));

/** A shop with these buyers, each with an order of 1,000 a day apart, and a portal of their own. */
async function ready(
  buyers: readonly Buyer[],
  {
    config = {},
    has = {},
    portal = freshAccount.hubspot(),
    mode = "approve" as "approve" | "shadow",
    currency = "GBP",
    gross = [100_000],
  } = {},
) {
  const placed = buyers.map(({ customerId }, n) =>
    orderOf(n + 1, now - (n + 2) * dayMs, { customerId, gross: gross[n % gross.length] ?? 0 }),
  );
  for (const [type, records] of Object.entries(has)) await sandbox.control(`/hubspot/${portal}/${type}`, records);
  const staged = await stage(hubspotB2bCrm, { orders: placed, currency }, { mode, config, others: { hubspot: await crmAccount(portal) } });
  const { ctx, domain } = staged;
  await staged.change({ persons: buyers });
  const open = async () => (await staged.proposed()).filter(({ status }) => status === "waiting");
  return {
    ...staged,
    portal,
    open,
    at: () => sandbox.control<Portal>(`/hubspot/${portal}`),
    tie: (...ties: string[]) => sandbox.control(`/hubspot/${portal}/ties`, ties),
    hubspotSays: (type: string, records: object[]) => sandbox.control(`/hubspot/${portal}/${type}`, records),
    shopSays: (persons: Buyer[]) => staged.change({ persons: persons.map((each) => ({ ...each, at: iso(Date.now()) })) }),
    /** Does what waits, over the real wire, as if it were approved; answers each receipt. */
    async carryOut(line?: string): Promise<Receipt[]> {
      const receipts: Receipt[] = [];
      for (const { id, steps } of (await open()).filter(({ evidence }) => line === undefined || evidence.line === line)) {
        for (const { kind: kindId, payload, place } of steps) {
          const kind = kindOf(kindId) ?? expect.unreachable(kindId);
          const [at, beside] = kind.need.provider === "hubspot" ? [portal, { shopify: domain }] : [domain, { hubspot: portal }];
          const doing = await doingOf(kind, at, {
            ...(await besideOf(kind, { ...beside })),
            hashOf: (text) => keyedHash(ctx.config, ctx.tenant.id, text),
          });
          const ended = await kind.execute(doing, kind.payload.parse(payload));
          if (ended.did !== "done") throw new Error(JSON.stringify(ended));
          receipts.push(ended.receipt);
          await ctx.db
            .update(actionSteps)
            .set({ status: "done", receipt: ended.receipt })
            .where(inTenant(ctx, actionSteps, eq(actionSteps.actionId, id), eq(actionSteps.place, place)));
        }
        await ctx.db
          .update(actions)
          .set({ status: "done", finishedAt: Date.now() })
          .where(inTenant(ctx, actions, eq(actions.id, id)));
      }
      return receipts;
    },
    records: () => ctx.db.select().from(crmRecords).where(inTenant(ctx, crmRecords)).orderBy(crmRecords.kind, crmRecords.externalId),
    conflicts: () => ctx.db.select().from(crmConflicts).where(inTenant(ctx, crmConflicts)),
    /** The next look at all buyers, hours later. */
    async later() {
      const cursor = (await staged.schedule())?.cursor as Record<string, unknown> | undefined;
      if (cursor?.phase === "rest") await staged.setCursor({ ...cursor, allAt: 0 });
      await staged.run();
    },
  };
}

const dana: Buyer = {
  customerId: 12_001,
  email: "Dana@Acme.example",
  firstName: "Dana",
  lastName: "Levi",
  phone: "+442079460958",
  company: "Acme Ltd",
};
const omar: Buyer = { customerId: 12_002, email: "omar@acme.example", firstName: "Omar", company: "ACME  ltd" };
const faultsOf = (receipts: readonly Receipt[]) =>
  receipts.flatMap(({ rows }) => rows?.failed ?? []).map(({ customerId, why }: FailedRow) => `${customerId} ${why}`);

test("company buyers become contacts of one company, their orders deals at the portal's won stage, all tied; the next look finds them in step, and nothing that is anybody's rests", async () => {
  const own = await ready([dana, omar, { customerId: 12_003, email: "private@example.org" }], { config: { owners: ["all = 77"] } });
  await own.run();
  expect((await own.open()).map(({ evidence }) => [evidence.line, evidence.params])).toEqual([
    ["contacts", { contacts: 2, first: 2, changed: 2 - 2, companies: 2 }],
    ["deals", { deals: 2, first: 2, moved: 0, untied: 0 }],
  ]);
  const receipts = await own.carryOut();
  expect(receipts.map(({ rows }) => rows)).toEqual([
    { done: 2, failed: [] },
    { done: 2, failed: [] },
  ]);
  const { contacts, companies, deals, associations } = await own.at();
  expect(contacts).toMatchObject([
    {
      email: "dana@acme.example",
      firstname: "Dana",
      lastname: "Levi",
      phone: "+442079460958",
      lifecyclestage: "customer",
      hubspot_owner_id: "77",
    },
    { email: "omar@acme.example", firstname: "Omar" },
  ]);
  expect(companies).toMatchObject([{ name: "Acme Ltd", atrium_shop_company: "name:acme ltd", country: "GB", hubspot_owner_id: "77" }]);
  expect(deals).toMatchObject([
    { dealname: "Acme Ltd #1", amount: "1000.00", dealstage: "closedwon", pipeline: "default", atrium_order_id: "order:1" },
    { dealname: "ACME  ltd #2" },
  ]);
  const [first, second] = contacts.map(({ id }) => id);
  const company = companies[0]?.id;
  for (const tie of [
    `contacts/${first}>companies/${company}`,
    `contacts/${second}>companies/${company}`,
    `deals/${deals[0]?.id}>contacts/${first}`,
    `deals/${deals[0]?.id}>companies/${company}`,
  ])
    expect(associations).toContain(tie);
  await own.later();
  expect(await own.open()).toEqual([]);
  const records = await own.records();
  expect(records.map(({ kind, due, inStepAt }) => [kind, due, inStepAt !== null])).toEqual([
    ["contact", null, true],
    ["contact", null, true],
    ["deal", null, true],
    ["deal", null, true],
  ]);
  expect(JSON.stringify([records, await own.proposed()])).not.toMatch(/@|dana|levi|7946|acme/i);
});

test("rows that HubSpot refuses are named in the receipt with why, all others are done, and they are left alone for a week", async () => {
  const own = await ready([
    dana,
    { customerId: 12_002, email: "no-such-place@acme", company: "Beta" },
    { ...omar, customerId: 12_003, email: "dana@acme.example" },
    { customerId: 12_004, email: null, company: "Gamma" },
  ]);
  await own.run();
  expect(faultsOf(await own.carryOut()).sort()).toEqual(["12002 invalid", "12003 same_email"]);
  expect((await own.at()).contacts).toMatchObject([{ email: "dana@acme.example" }]);
  expect((await own.records()).filter(({ isUnknowable }) => isUnknowable).map(({ customerId }) => customerId)).toEqual(["12004"]);
  await own.later();
  expect((await own.open()).filter(({ evidence }) => evidence.line === "contacts")).toEqual([]);
});

test("a company that HubSpot's people keep under that name becomes the shop's; where several have it nobody guesses; a stage only moves on, and an owner stays", async () => {
  const has = {
    contacts: [
      {
        id: "501",
        properties: {
          email: "dana@acme.example",
          firstname: "Dana",
          lastname: "Levi",
          phone: "+442079460958",
          lifecyclestage: "evangelist",
          hubspot_owner_id: "5",
        },
      },
    ],
    companies: [
      { id: "601", properties: { name: "acme LTD", hubspot_owner_id: "6" } },
      { id: "602", properties: { name: "Twin" } },
      { id: "603", properties: { name: "twin" } },
    ],
  };
  const own = await ready([dana, { customerId: 12_002, email: "tim@twin.example", company: "Twin" }], {
    has,
    config: { owners: ["all = 77"], dealFrom: 5_000 },
  });
  await own.run();
  expect(faultsOf(await own.carryOut())).toEqual(["12002 several"]);
  const { contacts, companies, associations } = await own.at();
  expect(contacts.find(({ id }) => id === "501")).toMatchObject({ lifecyclestage: "evangelist", hubspot_owner_id: "5" });
  expect(companies).toHaveLength(3);
  expect(companies.find(({ id }) => id === "601")).toMatchObject({
    name: "acme LTD",
    atrium_shop_company: "name:acme ltd",
    hubspot_owner_id: "6",
  });
  expect(associations).toContain("contacts/501>companies/601");
});

test("a field that goes both ways comes back from HubSpot once, one that does not stays there; what both sides changed is shown and not written until somebody chose, for what they saw", async () => {
  const own = await ready([dana], { config: { twoWay: { phone: true }, dealFrom: 5_000 } });
  await own.run();
  await own.carryOut();
  await own.later();
  const [contact] = (await own.at()).contacts;
  await own.hubspotSays("contacts", [{ id: contact?.id, properties: { phone: "+44 20 7000 0001", firstname: "Danielle" } }]);
  await own.later();
  expect(
    (await own.open()).map(({ evidence, steps }) => [
      evidence.line,
      Object.keys((steps[0]?.payload as { customers: { fields: object }[] } | undefined)?.customers[0]?.fields ?? {}),
    ]),
  ).toEqual([["pulled", ["phone"]]]);
  expect((await own.carryOut()).map(({ rows }) => rows)).toEqual([{ done: 1, failed: [] }]);
  const read = () =>
    askShop<{ customer: { firstName: string; defaultPhoneNumber: { phoneNumber: string } } }>(
      own.domain,
      '{ customer(id: "gid://shopify/Customer/12001") { firstName defaultPhoneNumber { phoneNumber } } }',
    );
  expect((await read()).customer).toEqual({ firstName: "Dana", defaultPhoneNumber: { phoneNumber: "+44 20 7000 0001" } });
  await own.later();
  expect(await own.open()).toEqual([]);

  await own.shopSays([{ ...dana, firstName: "Dan" }]);
  await own.later();
  expect(await own.open()).toEqual([]);
  expect(await own.conflicts()).toMatchObject([{ customerId: "12001", field: "firstName", decision: null }]);
  await own.ctx.db.update(crmConflicts).set({ decision: "shop" }).where(inTenant(own.ctx, crmConflicts));
  // It changes once more: what was chosen was of something else.
  await own.shopSays([{ ...dana, firstName: "Dany" }]);
  await own.later();
  expect(await own.open()).toEqual([]);
  expect(await own.conflicts()).toMatchObject([{ decision: null }]);
  await own.ctx.db.update(crmConflicts).set({ decision: "shop" }).where(inTenant(own.ctx, crmConflicts));
  await own.later();
  await own.carryOut();
  expect((await own.at()).contacts).toMatchObject([{ firstname: "Dany" }]);
  await own.later();
  expect(await own.conflicts()).toEqual([]);
});

test("what HubSpot's people changed between the proposal and its doing is not overwritten, and the row says so", async () => {
  const own = await ready([dana], { config: { dealFrom: 5_000 } });
  await own.run();
  await own.hubspotSays("contacts", [
    { id: "501", properties: { email: "dana@acme.example", firstname: "D.", lastname: "L.", phone: "1" } },
  ]);
  expect(faultsOf(await own.carryOut())).toEqual(["12001 changed"]);
  expect((await own.at()).contacts).toMatchObject([{ firstname: "D.", lastname: "L." }]);
});

test("a deal follows payment and fulfilment through the portal's own stages; one that a person moved on is not moved back, and one that is cancelled is lost", async () => {
  const own = await ready([dana, omar], { portal: `${freshAccount.hubspot()}9` });
  await own.change({ orders: [3, 4].map(() => ({ customerId: 12_001, lines: [{ code: "A", quantity: 60 }], unpaid: true })) });
  await own.run();
  await own.carryOut();
  const stageOf = async (order: number) => (await own.at()).deals.find((deal) => deal.atrium_order_id === `order:${order}`);
  expect([(await stageOf(1))?.dealstage, (await stageOf(3))?.dealstage, (await stageOf(1))?.pipeline]).toEqual(["775", "772", "6601"]);
  await own.run();
  // Somebody moves one of them on by hand; then both are paid, and a third is cancelled.
  await own.hubspotSays("deals", [{ id: (await stageOf(4))?.id, properties: { dealstage: "774" } }]);
  await own.change({ payments: [3, 4].map((orderId) => ({ orderId })), cancellations: [{ orderId: 2 }] });
  await own.run();
  expect((await own.open()).map(({ evidence }) => evidence.params)).toEqual([{ deals: 2, first: 0, moved: 2, untied: 0 }]);
  await own.carryOut();
  expect([(await stageOf(2))?.dealstage, (await stageOf(3))?.dealstage, (await stageOf(4))?.dealstage]).toEqual(["774", "775", "774"]);
});

test("a draft is a deal that stays the same one when it becomes an order, and a small one is none", async () => {
  const own = await ready([dana], { config: { dealFrom: 1_500 } });
  await own.change({
    drafts: [
      { id: 71, customerId: 12_001, total: 200_000 },
      { id: 72, customerId: 12_001, total: 100 },
    ],
  });
  await own.run();
  await own.carryOut();
  expect((await own.at()).deals).toMatchObject([{ atrium_order_id: "draft:71", amount: "2000.00", dealstage: "appointmentscheduled" }]);
  await own.run();
  await own.change({ orders: [{ customerId: 12_001, lines: [{ code: "A", quantity: 200 }] }] });
  await own.change({ drafts: [{ id: 71, customerId: 12_001, total: 200_000, status: "COMPLETED", orderId: 2 }] });
  await own.run();
  await own.carryOut();
  expect((await own.at()).deals).toMatchObject([{ atrium_order_id: "draft:71", dealstage: "closedwon" }]);
});

test("a stage that the portal does not have leaves deals as they are and is told; contacts go on", async () => {
  const own = await ready([dana], { config: { stages: { paid: "No such stage" } } });
  await own.run();
  expect((await own.open()).map(({ evidence }) => evidence.line)).toEqual(["contacts"]);
  expect((await own.logs()).map(({ message }) => message).join()).toContain("no pipeline or stage called No such stage");
});

test("a deal is tied to its buyer's company, whatever else their contact is tied to; one whose buyer names none is tied to none, and one that came before its buyer is tied later", async () => {
  const has = {
    contacts: [
      { id: "501", properties: { email: "dana@acme.example", hubspot_owner_id: "5" } },
      { id: "502", properties: { email: "none@shop.example", hubspot_owner_id: "5" } },
    ],
    companies: [
      { id: "600", properties: { name: "Her employer before" } },
      { id: "601", properties: { name: "Acme Ltd" } },
    ],
  };
  const nameless: Buyer = { customerId: 12_002, email: "none@shop.example" };
  const own = await ready([dana, nameless], { has, config: { spentFrom: 1 } });
  await own.tie("contacts/501>companies/600", "contacts/502>companies/600");
  await own.run();
  // The deals are done first: there is no such company of ours yet, and nobody guesses.
  await own.carryOut("deals");
  expect((await own.at()).associations.filter((tie) => /^deals.*companies/.test(tie))).toEqual([]);
  await own.carryOut();
  await own.later();
  expect((await own.open()).map(({ evidence }) => evidence.params)).toEqual([{ deals: 1, first: 0, moved: 0, untied: 1 }]);
  await own.carryOut();
  await own.later();
  expect(await own.open()).toEqual([]);
  const { deals, associations } = await own.at();
  expect(associations.filter((tie) => /^deals.*companies/.test(tie))).toEqual([`deals/${deals[0]?.id}>companies/601`]);
  const tied = (await own.records()).filter(({ kind }) => kind === "deal").map(({ companyId }) => companyId);
  expect(tied).toEqual(["601", null]);
});

test("a company that its buyers all call otherwise now is still the same one, and is called so in HubSpot; where one of two does, they are with another company", async () => {
  const ora: Buyer = { customerId: 12_003, email: "ora@solo.example", company: "Solo" };
  const own = await ready([dana, omar, ora], { config: { dealFrom: 5_000 } });
  await own.run();
  await own.carryOut();
  await own.later();
  const named = async () => (await own.at()).companies.map(({ name, atrium_shop_company: key }) => [name, key]);
  await own.shopSays([
    { ...ora, company: "Solo Group" },
    { ...dana, company: "Beta" },
  ]);
  await own.later();
  expect(faultsOf(await own.carryOut())).toEqual([]);
  expect(await named()).toEqual([
    ["Acme Ltd", "name:acme ltd"],
    ["Solo Group", "name:solo group"],
    ["Beta", "name:beta"],
  ]);
  await own.later();
  expect(await own.open()).toEqual([]);
  // HubSpot's people rename it too, then the shop once more: that is for a person to choose, and no second company is made.
  const solo = (await own.at()).companies.find(({ name }) => name === "Solo Group")?.id;
  await own.hubspotSays("companies", [{ id: solo, properties: { name: "Solo Holding" } }]);
  await own.shopSays([{ ...ora, company: "Solo International" }]);
  await own.later();
  await own.carryOut();
  expect((await named())[1]).toEqual(["Solo Holding", "name:solo international"]);
  await own.later();
  expect(await own.open()).toEqual([]);
  expect(await own.conflicts()).toMatchObject([{ customerId: "12003", field: "company", decision: null }]);
  await own.ctx.db.update(crmConflicts).set({ decision: "shop" }).where(inTenant(own.ctx, crmConflicts));
  await own.later();
  await own.carryOut();
  expect((await named())[1]).toEqual(["Solo International", "name:solo international"]);
  await own.later();
  expect([await own.conflicts(), await own.open(), (await own.at()).companies.length]).toEqual([[], [], 3]);
});

test("a company that comes late in a long search is found, and is not made anew", async () => {
  const twins = Array.from({ length: 230 }, (_, n) => ({ id: String(601 + n), properties: { name: "Twin" } }));
  const has = { companies: [...twins, { id: "990", properties: { name: "Acme Ltd" } }] };
  const own = await ready([dana, { customerId: 12_002, email: "tim@twin.example", company: "Twin" }], { has, config: { dealFrom: 5_000 } });
  await own.run();
  expect(faultsOf(await own.carryOut())).toEqual(["12002 several"]);
  const { companies } = await own.at();
  expect([companies.length, companies.find(({ id }) => id === "990")?.atrium_shop_company]).toEqual([231, "name:acme ltd"]);
});

test("of a buyer whom the shop knows no more nothing is due, and nothing is in conflict", async () => {
  const own = await ready([dana, omar], { config: { dealFrom: 5_000 }, mode: "shadow" });
  await own.run();
  const lost = inTenant(own.ctx, crmRecords, eq(crmRecords.customerId, "12002"));
  await own.ctx.db.update(crmRecords).set({ customerId: "99", externalId: "99" }).where(lost);
  const said = { shopHash: "0123456789abcdef", crmHash: "fedcba9876543210", foundAt: 1 };
  const [known] = await own.records();
  if (!known) return expect.unreachable();
  const { tenantId, connectionId, accountId } = known;
  await own.ctx.db.insert(crmConflicts).values({ tenantId, connectionId, accountId, customerId: "99", field: "phone", ...said });
  await own.run();
  const record = (await own.records()).find(({ customerId }) => customerId === "99");
  expect([record?.due, await own.conflicts()]).toEqual([null, []]);
});

test("what was sent and is not paid goes to the last open stage, and on to won once it is paid", async () => {
  const own = await ready([dana], { portal: `${freshAccount.hubspot()}9`, config: { spentFrom: 1 } });
  await own.change({ orders: [{ customerId: 12_001, lines: [{ code: "A", quantity: 60 }], unpaid: true }] });
  await own.change({ parcels: [{ orderId: 2, sent: [{ at: iso(Date.now() - hourMs) }] }] });
  await own.run();
  await own.carryOut();
  const stageOf = async () => (await own.at()).deals.find((deal) => deal.atrium_order_id === "order:2")?.dealstage;
  expect(await stageOf()).toBe("773");
  await own.change({ payments: [{ orderId: 2 }] });
  await own.run();
  await own.carryOut();
  expect(await stageOf()).toBe("775");
});

test("the threshold is of the shop's own currency, also of one without decimals", async () => {
  const own = await ready([dana, omar], { currency: "JPY", gross: [499, 501], config: { dealFrom: 500 } });
  await own.run();
  await own.carryOut();
  expect((await own.at()).deals).toMatchObject([{ atrium_order_id: "order:2", amount: "501", deal_currency_code: "JPY" }]);
});

test("a batch that HubSpot refuses as a whole for one row is done but for that row", async () => {
  const buyers = [1, 2, 3, 4, 5].map(
    (n): Buyer => ({ customerId: 12_000 + n, email: n === 4 ? "no-such-place@acme" : `b${n}@acme.example`, company: "Acme Ltd" }),
  );
  const own = await ready(buyers, { portal: `${freshAccount.hubspot()}8`, config: { dealFrom: 5_000 } });
  await own.run();
  expect((await own.carryOut()).map(({ rows }) => rows)).toEqual([{ done: 4, failed: [{ customerId: "12004", why: "invalid" }] }]);
  expect((await own.at()).contacts.map(({ email }) => email).sort()).toEqual([1, 2, 3, 5].map((n) => `b${n}@acme.example`));
});

test("a company that was made a moment ago, which no search shows yet, is not made once more", async () => {
  const own = await ready([dana, { customerId: 12_002, email: "omar@acme.example" }], { config: { dealFrom: 5_000 } });
  await sandbox.control("/control", { settleMs: 60_000 });
  await own.run();
  await own.carryOut();
  await own.shopSays([dana, { ...omar, company: "Acme Ltd" }]);
  await own.later();
  await own.carryOut();
  const { companies, associations } = await own.at();
  expect([companies.length, associations.filter((tie) => /^contacts.*companies/.test(tie)).length]).toEqual([1, 2]);
});

test("with a day's limit used up it is parked: nothing is asked until the account's midnight, then it goes on where it was", async () => {
  const portal = freshAccount.hubspot();
  const account = await crmAccount(portal);
  let isSpent = true;
  const limited = {
    ...account,
    json: ((request, schema) => {
      if (isSpent) return Promise.reject(new ProviderError("hubspot", "rate_limited", "DAILY", { retryAfterS: 4 * 3600 }));
      return account.json(request, schema);
    }) as typeof account.json,
  };
  const staged = await stage(
    hubspotB2bCrm,
    { orders: [orderOf(1, now - dayMs, { gross: 100_000 })] },
    { config: { spentFrom: 1 }, others: { hubspot: limited } },
  );
  await staged.run();
  const parked = (await staged.schedule())?.cursor as { phase: string; until: number; place: { phase: string } };
  expect(parked).toMatchObject({ phase: "parked", place: { phase: "contacts" } });
  expect(Math.abs(parked.until - now - 4 * hourMs)).toBeLessThan(60_000);
  isSpent = false;
  const before = account.calls.length;
  await staged.run();
  expect([account.calls.length - before, await staged.proposed()]).toEqual([0, []]);
  await staged.setCursor({ ...parked, until: now });
  await staged.run();
  expect((await staged.proposed()).map(({ evidence }) => evidence.line)).toEqual(["contacts", "deals"]);
});
