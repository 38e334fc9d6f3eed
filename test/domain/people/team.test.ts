import { and, eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { auditLog, devMails, memberships, users } from "#db/schema/index.ts";
import type { Role } from "#db/words/tenants.ts";
import { authenticate, sessionCookie } from "#server/auth.ts";
import { type Actor, type Ctx, enterTenant, type Tenant, type UserActor } from "#server/ctx.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { acceptInvitation } from "#server/domain/people/accept-invitation.ts";
import { changeRole } from "#server/domain/people/change-role.ts";
import { dismissHint } from "#server/domain/people/dismiss-hint.ts";
import { listOwnInvitations, showInvitation } from "#server/domain/people/find-invitation.ts";
import { invitationToken } from "#server/domain/people/invitation-token.ts";
import { invitationLifetimeMs, invite } from "#server/domain/people/invite.ts";
import { listTeam } from "#server/domain/people/list-team.ts";
import { leaveTenant, removeMember } from "#server/domain/people/remove-member.ts";
import { revokeInvitation } from "#server/domain/people/revoke-invitation.ts";
import { permissionsOf } from "#server/domain/tenancy/permissions.ts";
import { createCaller } from "#server/trpc/root.ts";
import { makeTenant, makeUser, testCtx, testTenantCtx } from "#test/harness.ts";

const address = () => `invited-${crypto.randomUUID()}@example.com`;

/** A person inside a tenant, as the doors would let them in. */
const inside = (actor: UserActor, tenant: Tenant, role: Role) => enterTenant(testCtx({ actor }), tenant, role);

async function team(...roles: Role[]) {
  const tenant = await makeTenant();
  const people = await Promise.all(roles.map((role) => makeUser({ roles: [[tenant, role]] })));
  return { tenant, people: people.map(({ actor }) => actor) as [UserActor, UserActor, UserActor] };
}

const roleOf = async (ctx: Ctx, tenant: Tenant, { userId }: UserActor) => {
  const rows = await ctx.directory
    .select()
    .from(memberships)
    .where(and(eq(memberships.userId, userId), eq(memberships.tenantId, tenant.id)));
  return rows[0]?.role;
};
const auditOf = async (ctx: Ctx, tenant: Tenant) =>
  (await ctx.directory.select().from(auditLog).where(eq(auditLog.tenantId, tenant.id))).map(({ action }) => action);
const signedIn = async (ctx: ReturnType<typeof testCtx>): Promise<Actor> =>
  (await authenticate(ctx.directory, ctx.traces.cookies.get(sessionCookie), Date.now())).actor;

test("billing may do what a viewer may, as the note at the table of roles says", () => {
  expect(permissionsOf("billing")).toEqual(permissionsOf("viewer"));
});

test("the last owner can neither step down, nor be removed, nor leave, and no audit line says so", async () => {
  const { tenant, people } = await team("owner", "admin");
  const [owner] = people;
  const ctx = inside(owner, tenant, "owner");
  await expect(changeRole(ctx, { userId: owner.userId, role: "viewer" })).rejects.toMatchObject({ kind: "conflict", field: "role" });
  await expect(removeMember(ctx, { userId: owner.userId })).rejects.toMatchObject({ kind: "conflict" });
  await expect(leaveTenant(ctx)).rejects.toMatchObject({ kind: "conflict" });
  expect(await roleOf(ctx, tenant, owner)).toBe("owner");
  expect(await auditOf(ctx, tenant)).toEqual([]);
});

test("two owners who remove each other at the same moment leave one", async () => {
  const { tenant, people } = await team("owner", "owner");
  const [first, second] = people;
  const results = await Promise.allSettled([
    removeMember(inside(first, tenant, "owner"), { userId: second.userId }),
    removeMember(inside(second, tenant, "owner"), { userId: first.userId }),
  ]);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const { members } = await listTeam(testTenantCtx(tenant));
  expect(members).toHaveLength(1);
  expect(await auditOf(testCtx(), tenant)).toEqual(["member.removed"]);
});

test("an admin cannot make an owner, nor touch one", async () => {
  const { tenant, people } = await team("owner", "admin", "member");
  const [owner, admin, member] = people;
  const ctx = inside(admin, tenant, "admin");
  await expect(changeRole(ctx, { userId: member.userId, role: "owner" })).rejects.toMatchObject({ kind: "forbidden" });
  await expect(changeRole(ctx, { userId: owner.userId, role: "member" })).rejects.toMatchObject({ kind: "forbidden" });
  await expect(removeMember(ctx, { userId: owner.userId })).rejects.toMatchObject({ kind: "forbidden" });
  await expect(invite(ctx, { email: address(), role: "owner" })).rejects.toMatchObject({ kind: "forbidden" });
  await changeRole(ctx, { userId: member.userId, role: "developer" });
  expect(await roleOf(ctx, tenant, member)).toBe("developer");
});

test("a viewer may read the team and nothing more, over the API", async () => {
  const { tenant, people } = await team("owner", "viewer");
  const api = createCaller(testCtx({ actor: people[1] }));
  const list = await api.team.list({ tenant: tenant.id });
  expect(list.members.map(({ role, mayChange }) => [role, mayChange])).toEqual([
    ["owner", false],
    ["viewer", false],
  ]);
  expect(list.grantable).toEqual([]);
  await expect(api.team.invite({ tenant: tenant.id, email: address(), role: "viewer" })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(api.team.remove({ tenant: tenant.id, userId: people[0].userId })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await api.team.leave({ tenant: tenant.id });
  expect(await roleOf(testCtx(), tenant, people[1])).toBeUndefined();
});

test("members and invitations of another tenant are not found", async () => {
  const { tenant, people } = await team("owner", "member");
  const other = await team("owner");
  const stranger = inside(other.people[0], other.tenant, "owner");
  const { id } = await invite(inside(people[0], tenant, "owner"), { email: address(), role: "viewer" });
  await expect(changeRole(stranger, { userId: people[1].userId, role: "viewer" })).rejects.toMatchObject({ kind: "not_found" });
  await expect(removeMember(stranger, { userId: people[1].userId })).rejects.toMatchObject({ kind: "not_found" });
  await expect(revokeInvitation(stranger, { invitationId: id })).rejects.toMatchObject({ kind: "not_found" });
  await expect(createCaller(stranger).team.list({ tenant: tenant.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("an invitation that is expired, taken back, replaced or made up is not found", async () => {
  const { tenant, people } = await team("owner");
  const ctx = inside(people[0], tenant, "owner");
  const anybody = testCtx();
  const tokenOf = ({ id }: { id: string }) => ({ token: invitationToken(anybody.config, id) });
  const gone = { kind: "not_found" };

  const expired = await invite(ctx, { email: address(), role: "viewer" });
  const later = testCtx({ now: () => Date.now() + invitationLifetimeMs });
  await expect(showInvitation(later, tokenOf(expired))).rejects.toMatchObject(gone);
  await expect(acceptInvitation(later, tokenOf(expired))).rejects.toMatchObject(gone);

  const revoked = await invite(ctx, { email: address(), role: "viewer" });
  await revokeInvitation(ctx, { invitationId: revoked.id });
  await expect(acceptInvitation(anybody, tokenOf(revoked))).rejects.toMatchObject(gone);
  await expect(revokeInvitation(ctx, { invitationId: revoked.id })).rejects.toMatchObject(gone);

  const email = address();
  const replaced = await invite(ctx, { email, role: "viewer" });
  const current = await invite(ctx, { email, role: "member" });
  await expect(acceptInvitation(anybody, tokenOf(replaced))).rejects.toMatchObject(gone);
  expect(await showInvitation(anybody, tokenOf(current))).toMatchObject({ email, role: "member", standing: "new_account" });

  const proof = invitationToken(anybody.config, current.id).split(".")[1];
  await expect(showInvitation(anybody, { token: `${replaced.id}.${proof}` })).rejects.toMatchObject(gone);
  await expect(showInvitation(anybody, { token: current.id })).rejects.toMatchObject(gone);
  await expect(showInvitation(anybody, { token: "nonsense" })).rejects.toMatchObject(gone);
});

test("a new person accepts by the link: account, membership and session begin together, once", async () => {
  const { tenant, people } = await team("owner");
  const email = address();
  const { id } = await invite(inside(people[0], tenant, "owner"), { email, role: "developer" });
  const token = invitationToken(testCtx().config, id);
  const browsers = [testCtx(), testCtx(), testCtx()];
  const results = await Promise.allSettled(browsers.map((ctx) => acceptInvitation(ctx, { token, locale: "he" })));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const winner = browsers[results.findIndex(({ status }) => status === "fulfilled")] as ReturnType<typeof testCtx>;
  expect(await signedIn(winner)).toMatchObject({
    email,
    onboarded: false,
    staff: false,
    memberships: [{ role: "developer", tenant: { id: tenant.id } }],
  });
  for (const ctx of browsers) if (ctx !== winner) expect(ctx.traces.cookies.size).toBe(0);
  const rows = await winner.directory.select().from(users).where(eq(users.email, email));
  expect(rows).toMatchObject([{ provenAt: expect.any(Number), onboardedAt: null, timezone: tenant.timezone, locale: "he" }]);
  expect((await auditOf(winner, tenant)).sort()).toEqual(["invitation.accepted", "invitation.sent"]);
});

test("an address with an account must sign in before it accepts; the link of seven days opens no account", async () => {
  const { tenant, people } = await team("owner");
  const { actor } = await makeUser({ staff: true });
  const { id } = await invite(inside(people[0], tenant, "owner"), { email: actor.email, role: "viewer" });
  const token = invitationToken(testCtx().config, id);
  const anonymous = testCtx();
  expect(await showInvitation(anonymous, { token })).toMatchObject({ standing: "sign_in" });
  await expect(acceptInvitation(anonymous, { token })).rejects.toMatchObject({ kind: "unauthenticated" });
  expect(anonymous.traces.cookies.size).toBe(0);

  const somebodyElse = testCtx({ actor: (await makeUser()).actor });
  await expect(acceptInvitation(somebodyElse, { token })).rejects.toMatchObject({ kind: "forbidden" });
  await expect(acceptInvitation(somebodyElse, { token: id })).rejects.toMatchObject({ kind: "not_found" });

  const ctx = testCtx({ actor });
  expect(await listOwnInvitations(ctx)).toMatchObject([{ id, tenantName: tenant.name }]);
  expect(await acceptInvitation(ctx, { token: id })).toEqual({ landing: `/t/${tenant.id}` });
  expect(await roleOf(ctx, tenant, actor)).toBe("viewer");
  await expect(acceptInvitation(ctx, { token: id })).rejects.toMatchObject({ kind: "not_found" });
});

test("who is in the team already is not invited again, and an old invitation does not change their role", async () => {
  const { tenant, people } = await team("owner", "admin");
  const ctx = inside(people[0], tenant, "owner");
  await expect(invite(ctx, { email: people[1].email, role: "viewer" })).rejects.toMatchObject({ kind: "conflict", field: "email" });
  const { actor } = await makeUser();
  const { id } = await invite(ctx, { email: actor.email, role: "viewer" });
  await ctx.directory.insert(memberships).values({ userId: actor.userId, tenantId: tenant.id, role: "admin", createdAt: Date.now() });
  await acceptInvitation(testCtx({ actor }), { token: id });
  expect(await roleOf(ctx, tenant, actor)).toBe("admin");
});

test("an invitation leaves by mail as ids alone, and an address is not flooded with them", async () => {
  const { tenant, people } = await team("owner");
  const ctx = testCtx({ actor: people[0] });
  const email = address();
  for (const _ of [1, 2, 3, 4, 5]) await invite(enterTenant(ctx, tenant, "owner"), { email, role: "viewer" });
  await expect(invite(enterTenant(ctx, tenant, "owner"), { email, role: "viewer" })).rejects.toMatchObject({ kind: "rate_limited" });
  expect(ctx.traces.mails).toHaveLength(5);
  expect(ctx.traces.mails[0]).toEqual({
    v: 1,
    type: "mail.invitation",
    tenant: tenant.id,
    invitation: expect.stringMatching(/^inv_[0-9a-v]{26}$/),
  });
  const list = await listTeam(testTenantCtx(tenant));
  expect(list.invitations).toMatchObject([{ email, role: "viewer", expired: false }]);
});

describe("an invitation ends with the right of whoever sent it:", () => {
  /** An admin's invitation into a role, its token, and what everybody who could use it sees. */
  async function sent(role: "admin" | "member" = "member") {
    const { tenant, people } = await team("owner", "admin");
    const [owner, admin] = people;
    const email = address();
    const { id } = await invite(inside(admin, tenant, "admin"), { email, role });
    const token = invitationToken(testCtx().config, id);
    const boss = inside(owner, tenant, "owner");
    const outcome = () =>
      acceptInvitation(testCtx(), { token }).then(
        () => "joined",
        (error: { kind: string }) => error.kind,
      );
    return { tenant, admin, boss, email, id, token, outcome };
  }

  test("it stands while they have it", async () => {
    const { outcome } = await sent();
    expect(await outcome()).toBe("joined");
  });

  test("they were removed, and no mail of it leaves any more", async () => {
    const { tenant, admin, boss, email, id, token, outcome } = await sent();
    await removeMember(boss, { userId: admin.userId });
    await expect(showInvitation(testCtx(), { token })).rejects.toMatchObject({ kind: "not_found" });
    expect(await outcome()).toBe("not_found");
    await workMail(testCtx(), { v: 1, type: "mail.invitation", tenant: tenant.id, invitation: id });
    expect(await boss.directory.select().from(devMails).where(eq(devMails.recipient, email))).toEqual([]);
    expect((await listTeam(boss)).invitations).toMatchObject([{ id, expired: true }]);
  });

  test("they were given a role that may not invite", async () => {
    const { admin, boss, outcome } = await sent();
    await changeRole(boss, { userId: admin.userId, role: "developer" });
    expect(await outcome()).toBe("not_found");
    await changeRole(boss, { userId: admin.userId, role: "admin" });
    expect(await outcome()).toBe("joined");
  });

  test("an owner who invited an owner is an admin now: nobody hands out more than they hold", async () => {
    const { tenant, people } = await team("owner", "owner");
    const [first, second] = people;
    const { id } = await invite(inside(first, tenant, "owner"), { email: address(), role: "owner" });
    await changeRole(inside(second, tenant, "owner"), { userId: first.userId, role: "admin" });
    const token = invitationToken(testCtx().config, id);
    await expect(acceptInvitation(testCtx(), { token })).rejects.toMatchObject({ kind: "not_found" });
  });

  test("an admin of the agency who is none any more", async () => {
    const { tenant } = await team("owner");
    const { actor } = await makeUser({ staff: true });
    const ctx = enterTenant(testCtx({ actor }), tenant, "staff");
    const { id } = await invite(ctx, { email: address(), role: "owner" });
    const token = invitationToken(ctx.config, id);
    await expect(showInvitation(testCtx(), { token })).resolves.toMatchObject({ id });
    await ctx.directory.update(users).set({ staff: false }).where(eq(users.id, actor.userId));
    await expect(acceptInvitation(testCtx(), { token })).rejects.toMatchObject({ kind: "not_found" });
  });

  test("a person of the same name in another client is no inviter here", async () => {
    const { tenant, people } = await team("owner", "admin");
    const [owner, admin] = people;
    const other = await makeTenant();
    await testCtx().directory.insert(memberships).values({ userId: admin.userId, tenantId: other.id, role: "owner", createdAt: 1 });
    const { id } = await invite(inside(admin, tenant, "admin"), { email: address(), role: "member" });
    await removeMember(inside(owner, tenant, "owner"), { userId: admin.userId });
    await expect(acceptInvitation(testCtx(), { token: invitationToken(testCtx().config, id) })).rejects.toMatchObject({
      kind: "not_found",
    });
  });
});

test("what a person has read is not told again, to them and in this client alone", async () => {
  const { tenant, people } = await team("owner", "viewer");
  const other = await makeTenant();
  const { actor, token } = await makeUser({
    roles: [
      [tenant, "viewer"],
      [other, "viewer"],
    ],
  });
  const dismissed = async () => (await authenticate(testCtx().directory, token, Date.now())).actor;
  expect(await dismissed()).toMatchObject({ memberships: [{ dismissed: [] }, { dismissed: [] }] });
  const ctx = inside(actor, tenant, "viewer");
  for (const hint of ["role", "checklist", "role"] as const) await dismissHint(ctx, { hint });
  const after = await dismissed();
  expect(after.type === "user" && after.memberships.map((each) => [each.tenant.id, each.dismissed])).toEqual(
    expect.arrayContaining([
      [tenant.id, ["role", "checklist"]],
      [other.id, []],
    ]),
  );
  const rows = await ctx.directory.select().from(memberships).where(eq(memberships.userId, people[1].userId));
  expect(rows).toMatchObject([{ dismissed: [] }]);
});
