import { eq } from "drizzle-orm";
import { strFromU8, unzipSync } from "fflate";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, users } from "#db/schema/index.ts";
import type { UserActor } from "#server/ctx.ts";
import { enterTenant } from "#server/ctx.ts";
import { updateClient } from "#server/domain/clients/update-client.ts";
import { makeExport } from "#server/domain/custody/make-export.ts";
import { requestDeletion } from "#server/domain/custody/request-deletion.ts";
import { requestExport } from "#server/domain/custody/request-export.ts";
import { invite } from "#server/domain/people/invite.ts";
import { startRun } from "#server/domain/runs/start-run.ts";
import { describeProcedures, restOperations } from "#server/trpc/rest.ts";
import { appRouter, createCaller } from "#server/trpc/root.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";
import { makeBelongings } from "./belongings.ts";
import { feed } from "./feed.ts";

const db = openDb(testEnv.DB);
const name = "Quirin Staffperson";

/** A client in which an admin of the agency has done all that leaves their id behind. */
async function touched() {
  const { tenant, owner, token, connectionId } = await makeBelongings(`staff-names-${Date.now()}`);
  const staff = await makeUser({ staff: true });
  await db.update(users).set({ name }).where(eq(users.id, staff.actor.userId));
  const admin: UserActor = { ...staff.actor, name };
  const ctx = enterTenant(testCtx({ actor: admin, ip: "198.51.100.77" }), tenant, "staff");
  await updateClient(ctx, { contactName: "Somebody" });
  await invite(ctx, { email: "invited@example.com", role: "viewer" });
  const { id: exportId } = await requestExport(ctx);
  await makeExport(testCtx({ actor: { type: "system", job: "test" } }), { tenant: tenant.id, exportId });
  await startRun(ctx, { job: "shopify-sensor" });
  await createCaller(testCtx({ actor: admin })).reveals.request({
    tenant: tenant.id,
    connectionId,
    field: "access_token",
    reason: "A reason that is long enough.",
  });
  const id = { id: `aud_staff${Date.now()}`, at: Date.now(), tenantId: tenant.id };
  await db.insert(auditLog).values({
    ...id,
    actorType: "staff",
    actorId: admin.userId,
    action: "reveal.approved",
    details: { approvedBy: admin.userId },
    ip: "198.51.100.77",
  });
  return { tenant, owner, token, staff: { ...staff, actor: admin }, exportId };
}

const leave = (userId: string) => db.update(users).set({ staff: false }).where(eq(users.id, userId));

test.each([
  ["is one still", false],
  ["has left since", true],
])(
  "what an admin of the agency, who %s, did in a client is the agency's: its people read no name, address or place of theirs, anywhere",
  async (_, left) => {
    const { tenant, owner, token, staff, exportId } = await touched();
    if (left) await leave(staff.actor.userId);
    const secret = [name, staff.actor.email, "198.51.100.77"];
    const seen: string[] = [];
    const opened: string[] = [];
    const look = async (path: string) => {
      const answer = await ask(path, { headers: asPerson(token) });
      const text = await answer.text();
      if (answer.ok) opened.push(path);
      for (const word of secret) if (text.includes(word)) seen.push(`${word} in ${path}`);
      return text;
    };
    const mine = { ...(await makeBelongings(`staff-names-2-${Date.now()}`)), tenant, owner };
    const operations = restOperations(appRouter._def.procedures);
    const mutations = new Set(operations.filter(({ type }) => type === "mutation").map(({ name: mutation }) => mutation));
    for (const { name: procedure, input } of describeProcedures(appRouter._def.procedures).filter((each) => !mutations.has(each.name)))
      await look(`/api/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(feed(input, mine, mine)))}`);
    for (const { method, path } of operations)
      if (method === "GET") await look(path.replaceAll("{tenant}", tenant.id).replaceAll("{runId}", mine.runId));
    for (const page of ["", "/runs", "/settings/team", "/settings/data", "/settings/audit", "/settings/workspace", "/integrations"])
      await look(`/t/${tenant.id}${page}`);
    expect(seen).toEqual([]);
    // What was looked at was there to be seen.
    expect(opened.filter((path) => path.startsWith("/api/trpc/")).length).toBeGreaterThan(15);
    expect(opened.filter((path) => path.startsWith("/api/") && !path.startsWith("/api/trpc/")).length).toBeGreaterThan(5);
    expect(opened.filter((path) => path.startsWith("/t/"))).toHaveLength(7);

    // They read that it was the agency, in their own language.
    const own = createCaller(testCtx({ actor: { ...owner, locale: "fr" } }));
    const { items, people } = await own.audit.list({ tenant: tenant.id });
    const approved = items.find(({ action }) => action === "reveal.approved");
    expect(approved).toMatchObject({ actorType: "staff", actorName: "L’agence", ip: null });
    expect(people[staff.actor.userId]).toBe("L’agence");
    expect((await own.team.list({ tenant: tenant.id })).invitations.find(({ email }) => email === "invited@example.com")?.invitedBy).toBe(
      "L’agence",
    );
    expect((await own.custody.exports({ tenant: tenant.id })).map(({ requestedBy }) => requestedBy)).toContain("L’agence");

    const zip = await ask(`/t/${tenant.id}/exports/${exportId}`, { headers: asPerson(token) });
    const files = Object.entries(unzipSync(new Uint8Array(await zip.arrayBuffer())));
    for (const [file, bytes] of files)
      for (const word of [name, staff.actor.email]) expect({ file, has: strFromU8(bytes).includes(word) }).toEqual({ file, has: false });
    expect(files.map(([, bytes]) => strFromU8(bytes)).join()).toContain('"actorName":"The agency"');
  },
  60_000,
);

test("the agency's own admins read each other's names, and those of who has left", async () => {
  const { tenant, staff } = await touched();
  await leave(staff.actor.userId);
  const { items } = await createCaller(testCtx({ actor: (await makeUser({ staff: true })).actor })).audit.all({ tenantId: tenant.id });
  expect(items.find(({ action }) => action === "reveal.approved")).toMatchObject({
    actorName: name,
    ip: "198.51.100.77",
    actorId: staff.actor.userId,
  });
});

test("a line that a member wrote keeps their name when the agency hires them, and what they do for it from then on is the agency's", async () => {
  const tenant = await makeTenant();
  const owner = await makeUser({ roles: [[tenant, "owner"]] });
  const { actor } = await makeUser({ roles: [[tenant, "admin"]] });
  const member = { ...actor, name };
  await db.update(users).set({ name }).where(eq(users.id, actor.userId));
  await updateClient(enterTenant(testCtx({ actor: member }), tenant, "admin"), { contactName: "Before" });
  await db.update(users).set({ staff: true }).where(eq(users.id, actor.userId));
  await updateClient(enterTenant(testCtx({ actor: { ...member, staff: true } }), tenant, "staff"), { contactName: "After" });
  const { items } = await createCaller(testCtx({ actor: owner.actor })).audit.list({ tenant: tenant.id, action: "client.updated" });
  expect(items.map(({ details, actorName }) => [details.contactName, actorName])).toEqual([
    ["After", "The agency"],
    ["Before", name],
  ]);

  const { id: exportId } = await requestExport(enterTenant(testCtx({ actor: owner.actor }), tenant, "owner"));
  await makeExport(testCtx({ actor: { type: "system", job: "test" } }), { tenant: tenant.id, exportId });
  const zip = await ask(`/t/${tenant.id}/exports/${exportId}`, { headers: asPerson(owner.token) });
  const log = unzipSync(new Uint8Array(await zip.arrayBuffer()))["audit_log.json"] ?? new Uint8Array();
  const lines: { action: string; actorName: string }[] = JSON.parse(strFromU8(log));
  expect(lines.filter(({ action }) => action === "client.updated").map(({ actorName }) => actorName)).toEqual([name, "The agency"]);
});

test("a letter about an end that the agency has set names nobody of it to the client's people", async () => {
  const tenant = await makeTenant();
  const { actor } = await makeUser({ staff: true });
  const admin = { ...actor, name };
  await requestDeletion(enterTenant(testCtx({ actor: admin }), tenant, "staff"), {
    confirmation: tenant.name,
    reason: "The contract has ended.",
  });
  const owner = await makeUser({ roles: [[tenant, "owner"]] });
  const text = await (await ask(`/t/${tenant.id}/settings/data`, { headers: asPerson(owner.token) })).text();
  expect(text).not.toContain(name);
  expect(text).not.toContain(actor.email);
});
