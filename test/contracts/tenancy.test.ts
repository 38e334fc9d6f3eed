import { TRPCError } from "@trpc/server";
import { beforeAll, expect, test } from "vitest";
import { type Door, describeProcedures, type Operation, restOperations } from "#server/trpc/rest.ts";
import { appRouter, createCaller } from "#server/trpc/root.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeUser, testCtx } from "#test/harness.ts";
import { type Belongings, makeBelongings, snapshotOf } from "./belongings.ts";
import { feed, idFields, unknownField } from "./feed.ts";

/** Procedures for people who are not signed in. All others must ask who is there. */
const open = new Set([
  "signIn.request",
  "signIn.waiting",
  "signIn.resend",
  "signIn.link",
  "signIn.redeemLink",
  "signIn.redeemCode",
  "signIn.out",
  "team.invitation",
  "team.acceptInvitation",
  "requests.isOpen",
  "requests.send",
  "webhooks.privacyStanding",
]);

/** People may leave what is theirs; walking there would take the stranger out of their own tenant, or browser. */
const endsTheWalk = new Set(["team.leave", "signIn.out"]);

const procedures = describeProcedures(appRouter._def.procedures);
const operations = restOperations(appRouter._def.procedures);

let stranger: Belongings;
let other: Belongings;

beforeAll(async () => {
  stranger = await makeBelongings("stranger-marker");
  other = await makeBelongings("other-marker");
});

/** What came out of a call: its answer, or the code of its failure. */
async function callAs(caller: ReturnType<typeof createCaller>, name: string, input: unknown): Promise<{ code: string; text: string }> {
  try {
    const procedure = name.split(".").reduce<unknown>((noun, verb) => (noun as Record<string, unknown>)[verb], caller);
    return { code: "OK", text: JSON.stringify(await (procedure as (input: unknown) => Promise<unknown>)(input)) ?? "" };
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    return { code: error.code, text: error.message };
  }
}

/** Those of the procedures that are walked, which are some: a walk over none would find nothing. */
function those(fits: (procedure: (typeof procedures)[number]) => boolean): typeof procedures {
  const found = procedures.filter(fits);
  expect(found.length).toBeGreaterThan(5);
  return found;
}

const forAgency = (door: Door) => door === "staff";
const asStranger = () => createCaller(testCtx({ actor: stranger.owner }));
const leaks = (text: string) => text.includes(other.marker) || text.includes(other.tenant.id) || text.includes(other.connectionId);

function askOver({ method, path, input, pathFields }: Operation, values: Record<string, unknown>, headers: Record<string, string>) {
  const rest = Object.fromEntries(
    Object.keys(input.properties)
      .filter((field) => !pathFields.includes(field))
      .map((field) => [field, values[field]]),
  );
  const address = path.replaceAll(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(String(values[field])));
  if (method === "GET" || method === "DELETE") {
    const texts = Object.entries(rest).flatMap(([field, value]) => (value === undefined ? [] : [[field, String(value)]]));
    return ask(`${address}?${new URLSearchParams(texts)}`, { method, headers });
  }
  return ask(address, { method, headers, body: JSON.stringify(rest) });
}

test("the walk knows how to feed every procedure, so that a new one is walked too", () => {
  expect(procedures.length).toBeGreaterThan(10);
  expect(procedures.flatMap(({ name, input }) => unknownField(name, input) ?? [])).toEqual([]);
});

test("nothing is open to the world but what is named here", () => {
  expect(
    procedures
      .filter(({ door }) => door === "public")
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...open].sort());
});

test("a tenant that is not the stranger's own does not exist, for any procedure", async () => {
  const before = await snapshotOf(other);
  for (const { name, input } of those(({ door, input }) => "tenant" in input.properties && !forAgency(door))) {
    const { code, text } = await callAs(asStranger(), name, feed(input, other, other));
    expect({ name, code, leaks: leaks(text) }).toEqual({ name, code: "NOT_FOUND", leaks: false });
  }
  expect(await snapshotOf(other)).toBe(before);
});

test("what belongs to another tenant is not found from inside the stranger's own", async () => {
  const before = await snapshotOf(other);
  for (const { name, input } of those(({ door, input }) => idFields(input).length > 0 && !forAgency(door))) {
    const { code, text } = await callAs(asStranger(), name, feed(input, other, stranger));
    expect({ name, code, leaks: leaks(text) }).toEqual({ name, code: "NOT_FOUND", leaks: false });
  }
  expect(await snapshotOf(other)).toBe(before);
});

test("nothing that the stranger may ask for holds anything of another tenant", async () => {
  const answered: string[] = [];
  const before = await snapshotOf(other);
  for (const { name, input } of those(({ name, door }) => !forAgency(door) && !endsTheWalk.has(name))) {
    const { code, text } = await callAs(asStranger(), name, feed(input, stranger, stranger));
    expect({ name, leaks: leaks(text) }).toEqual({ name, leaks: false });
    if (code === "OK") answered.push(text);
  }
  // What came out was there to be looked at: most questions have an answer, and what is their own is in some.
  expect(answered.length).toBeGreaterThan(20);
  expect(answered.filter((text) => text.includes(stranger.marker)).length).toBeGreaterThan(5);
  expect(await snapshotOf(other)).toBe(before);
});

test("an invitation to somebody else is no use by its id", async () => {
  const caller = asStranger();
  for (const name of ["team.invitation", "team.acceptInvitation"]) {
    expect({ name, ...(await callAs(caller, name, { token: other.invitationId })) }).toMatchObject({ name, code: "NOT_FOUND" });
  }
});

test("the agency's procedures are refused to a tenant's owner before anything is looked up", async () => {
  for (const { name, input } of those(({ door }) => forAgency(door))) {
    for (const whose of [other, stranger]) {
      expect({ name, ...(await callAs(asStranger(), name, feed(input, whose, whose))) }).toMatchObject({ name, code: "FORBIDDEN" });
    }
  }
});

test("who is not signed in gets no further than the open procedures", async () => {
  const nobody = createCaller(testCtx());
  for (const { name, input } of those(({ name }) => !open.has(name))) {
    expect({ name, ...(await callAs(nobody, name, feed(input, other, other))) }).toMatchObject({ name, code: "UNAUTHORIZED" });
  }
});

test("over REST a stranger finds nothing of another tenant's, the agency's addresses are closed, and nobody is let in unknown", async () => {
  const before = await snapshotOf(other);
  const { token } = await makeUser({ roles: [[stranger.tenant, "owner"]] });
  expect(operations.length).toBeGreaterThan(5);
  for (const operation of operations) {
    const where = `${operation.method} ${operation.path}`;
    const values = feed(operation.input, other, other);
    const response = await askOver(operation, values, asPerson(token));
    expect({ where, status: response.status, leaks: leaks(await response.text()) }).toEqual({
      where,
      // A personal one answers of the stranger's own clients.
      status: forAgency(operation.door) ? 403 : operation.door === "personal" ? 200 : 404,
      leaks: false,
    });
    const unknown = await askOver(operation, values, { "content-type": "application/json" });
    // What is open answers for itself: it lets nobody in, does not break, and tells nothing of anybody.
    const [status, text] = [unknown.status, await unknown.text()];
    const fits = open.has(operation.name) ? [200, 400, 404].includes(status) : status === 401;
    expect({ where, status, fits, leaks: leaks(text) }).toEqual({ where, status, fits: true, leaks: false });
  }
  expect(await snapshotOf(other)).toBe(before);
});
