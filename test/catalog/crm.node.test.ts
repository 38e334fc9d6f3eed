import { expect, test } from "vitest";
import type { CrmSide } from "#db/words/crm.ts";
import type { Pipeline } from "#server/catalog/actions/hubspot-wire.ts";
import { isCompanyBuyer, ownerOf } from "#server/catalog/automations/company-buyer.ts";
import { comparable, hashOfField, standingOf } from "#server/catalog/crm.ts";
import { mayMove, type PurchaseState, stagesOf } from "#server/catalog/deal-stages.ts";
import type { Buyer } from "#server/catalog/providers/shopify-buyers.ts";

const stand = (shop: string, crm: string, base?: readonly [string, string], { twoWay = false, decision = null as CrmSide | null } = {}) =>
  standingOf({ shop, crm, base, twoWay, decision }).is;

test("what only the shop changed goes to the CRM; what only the CRM changed comes back where the field goes both ways, and is else left there", () => {
  expect(stand("b", "a", ["a", "a"])).toBe("push");
  expect(stand("a", "b", ["a", "a"])).toBe("in_step");
  expect(stand("a", "b", ["a", "a"], { twoWay: true })).toBe("pull");
  expect(stand("a", "", undefined)).toBe("push");
  expect(stand("", "b", undefined, { twoWay: true })).toBe("pull");
});

test("what both sides changed is a conflict whichever way the field goes, at the first meeting too; what only the CRM's people changed of a field of the shop's is one as soon as the shop changes it", () => {
  for (const twoWay of [true, false]) {
    expect(stand("b", "c", ["a", "a"], { twoWay })).toBe("conflict");
    expect(stand("b", "c", undefined, { twoWay })).toBe("conflict");
  }
  expect(stand("b", "x", ["a", "a"])).toBe("conflict");
});

test("a person's choice is carried out, a difference that was accepted is none until a side changes again, and nothing is ever cleared", () => {
  expect(stand("b", "c", ["a", "a"], { decision: "shop" })).toBe("push");
  expect(stand("b", "c", ["a", "a"], { decision: "crm", twoWay: true })).toBe("pull");
  expect(standingOf({ shop: "b", crm: "c", base: ["a", "a"], twoWay: false, decision: "crm" })).toEqual({
    is: "in_step",
    base: ["b", "c"],
  });
  expect(stand("b", "c", ["b", "c"])).toBe("in_step");
  expect(stand("d", "c", ["b", "c"])).toBe("push");
  expect(stand("", "a", ["a", "a"])).toBe("in_step");
  expect(stand("a", "", ["a", "a"], { twoWay: true })).toBe("in_step");
});

test("a phone number is the same however it is written, and a hash is short, keyed, and of its field alone", () => {
  expect(comparable("phone", "+44 20 7946 0958")).toBe(comparable("phone", "(020) 7946-0958"));
  expect(comparable("lastName", "  O’Neill ")).toBe(comparable("lastName", "o’neill"));
  const keyed = (key: string) => (text: string) => `${key}${text.length}${text}`.padEnd(64, "0");
  expect(hashOfField(keyed("k"), "phone", "1")).toHaveLength(16);
  expect(hashOfField(keyed("k"), "phone", "")).toBe("");
  expect(hashOfField(keyed("k"), "phone", "1")).not.toBe(hashOfField(keyed("l"), "phone", "1"));
});

const stage = (id: string, place: number, closed: "won" | "lost" | null = null) => ({ id, label: `Stage ${id}`, place, closed });
const pipeline: Pipeline = {
  id: "p",
  label: "Sales",
  stages: [stage("a", 0), stage("b", 1), stage("c", 2), stage("w", 3, "won"), stage("l", 4, "lost")],
};
const unnamed = { pipeline: "", quote: "", ordered: "", shipped: "", paid: "", completed: "", cancelled: "" } satisfies Record<
  PurchaseState | "pipeline",
  string
>;

test("stages are the portal's own: by what it says of them, or by the names that the client wrote; a name that is none of its is told", () => {
  const found = stagesOf([pipeline], unnamed);
  const ids = "stages" in found && Object.fromEntries(Object.entries(found.stages.of).map(([state, each]) => [state, each?.id]));
  expect(ids).toEqual({ quote: "a", ordered: "b", shipped: "c", paid: "w", completed: "w", cancelled: "l" });
  const own = stagesOf([pipeline], { ...unnamed, pipeline: "sales", ordered: "stage C" });
  expect("stages" in own && own.stages.of.ordered?.id).toBe("c");
  expect(stagesOf([pipeline], { ...unnamed, paid: "Gone" })).toEqual({ unknown: { pipeline: null, stages: ["Gone"] } });
  expect(stagesOf([pipeline], { ...unnamed, pipeline: "Other" })).toMatchObject({ unknown: { pipeline: "Other" } });
  expect(stagesOf([], unnamed)).toMatchObject({ unknown: {} });
});

test("a deal that a person moved on or closed is not moved back; one that stands where it was left follows the shop, also back", () => {
  const move = (from: string | null, to: string, ours: string | null) => mayMove({ pipeline }, { from, to, ours });
  expect([move(null, "b", null), move("a", "b", "a"), move("w", "l", "w")]).toEqual([true, true, true]);
  expect([move("c", "b", "a"), move("w", "b", "a"), move("l", "w", "b")]).toEqual([false, false, false]);
  expect([move("b", "w", "a"), move("b", "b", "b"), move("of another pipeline", "w", "a")]).toEqual([true, false, false]);
});

const buyer: Buyer = {
  ...{ customerId: "1", email: "a@b.example", firstName: null, lastName: null, phone: null, company: null, taxId: null, taxExempt: false },
  ...{ tags: [], country: "FR", orders: 1, spent: { minor: 100_000, currency: "EUR" } },
};
const rules = { companyName: true, taxId: true, taxExempt: true, tags: ["b2b"], spentFrom: 2_000 };

test("a company buyer is whoever has a company's name, a tax id, an exemption, a tag, or spent enough, as far as the client goes by it", () => {
  expect(isCompanyBuyer(buyer, rules)).toBe(false);
  for (const of of [
    { company: "Acme" },
    { taxId: "FR1" },
    { taxExempt: true },
    { tags: ["B2B "] },
    { spent: { minor: 200_000, currency: "EUR" } },
  ])
    expect([of, isCompanyBuyer({ ...buyer, ...of }, rules)]).toEqual([of, true]);
  // Yen have no decimals.
  expect(isCompanyBuyer({ ...buyer, spent: { minor: 2_000, currency: "JPY" } }, rules)).toBe(true);
  const none = { companyName: false, taxId: false, taxExempt: false, tags: [], spentFrom: 0 };
  expect(isCompanyBuyer({ ...buyer, company: "Acme", taxId: "FR1", taxExempt: true, tags: ["b2b"] }, none)).toBe(false);
});

test("the first rule that fits names the owner: by country, tag or amount; where none fits it is nobody", () => {
  const said = ["country de = 1", "tag VIP = 2", "over 5000 = 3"];
  expect(ownerOf(buyer, said)).toBeUndefined();
  expect(ownerOf({ ...buyer, country: "DE", tags: ["vip"] }, said)).toBe("1");
  expect(ownerOf({ ...buyer, tags: ["vip"] }, said)).toBe("2");
  expect(ownerOf(buyer, said, { minor: 500_000, currency: "EUR" })).toBe("3");
  expect(ownerOf(buyer, [...said, "all = 9"])).toBe("9");
});
