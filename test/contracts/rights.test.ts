import { count } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog } from "#db/schema/index.ts";
import { type Actor, type Ctx, enterTenant, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { allows, type Permission, type TenantRole } from "#server/domain/tenancy/permissions.ts";
import { DomainError } from "#server/errors.ts";
import { createCaller } from "#server/trpc/root.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";
import { typesOfProcedures } from "./types-of-procedures.ts";

type Who = "public" | "personal" | "staff" | Permission;

/**
 * Who may call each mutation. A right alone: members who have it, and staff; with "members only" not staff. Whoever adds a mutation
 * adds its line.
 */
const mayCall: Record<string, Who | `${Permission}, members only`> = {
  "actions.approve": "actions:decide",
  "actions.decide": "actions:decide",
  "actions.edit": "actions:decide",
  "actions.reject": "actions:decide",
  "actions.reveal": "actions:reveal",
  "actions.settle": "actions:decide",
  "actions.undo": "actions:decide",
  "audit.verify": "audit:read",
  "audit.verifyAgency": "staff",
  "agency.addAdmin": "staff",
  "agency.removeAdmin": "staff",
  "agency.setDefaults": "staff",
  "clients.create": "staff",
  "clients.endLoan": "staff",
  "clients.lend": "staff",
  "clients.setFeatures": "staff",
  "clients.update": "settings:write",
  "clients.updateSettings": "settings:write, members only",
  "clients.view": "staff",
  "crm.choose": "actions:decide",
  "crm.reveal": "actions:reveal",
  "connections.answerShown": "connections:write",
  "connections.choose": "connections:write",
  "connections.connectKey": "connections:write",
  "connections.disconnect": "connections:write",
  "connections.keepKey": "settings:write",
  "connections.prefer": "connections:write",
  "connections.probe": "connections:write",
  "connections.relist": "connections:write",
  "connections.removeWebhookSecret": "connections:write",
  "connections.setWebhookSecret": "connections:write",
  "connections.settleOwed": "connections:write",
  "credentials.rotate": "staff",
  "credentials.settleOwed": "staff",
  "incidents.switch": "staff",
  "custody.cancelDeletion": "data:delete",
  "custody.requestDeletion": "data:delete",
  "custody.requestExport": "data:export",
  "deadLetters.replay": "staff",
  "deadLetters.replayAll": "staff",
  "runs.cancel": "staff",
  "runs.cancelAll": "staff",
  "health.remind": "staff",
  "health.remindAll": "staff",
  "integrations.refresh": "staff",
  "learning.accept": "staff",
  "learning.decline": "staff",
  "learning.snooze": "staff",
  "me.changeLanguage": "personal",
  "me.completeOnboarding": "personal",
  "me.endView": "personal",
  "me.revokeOtherSessions": "personal",
  "me.revokeSession": "personal",
  "me.update": "personal",
  "notices.markAgencyRead": "staff",
  "notices.markRead": "portal:read, members only",
  "notices.setPreferences": "personal",
  "policies.resume": "settings:write",
  "policies.resumeFleet": "staff",
  "policies.set": "settings:write",
  "policies.stop": "actions:decide",
  "policies.stopFleet": "staff",
  "policies.stopMany": "staff",
  "rehearsals.request": "runs:start",
  "renewals.now": "staff",
  "supply.decide": "actions:decide",
  "supply.keep": "settings:write",
  "supply.map": "settings:write",
  "supply.unmap": "settings:write",
  "reveals.approve": "staff",
  "reveals.deny": "staff",
  "reveals.request": "staff",
  "reveals.show": "staff",
  "requests.approve": "staff",
  "requests.decline": "staff",
  "requests.send": "public",
  "runs.configure": "settings:write",
  "runs.start": "runs:start, members only",
  "scripts.run": "staff",
  "signIn.out": "public",
  "signIn.redeemCode": "public",
  "signIn.redeemLink": "public",
  "signIn.request": "public",
  "signIn.resend": "public",
  "team.acceptInvitation": "public",
  "team.changeRole": "team:write",
  "team.dismissHint": "portal:read, members only",
  "team.invite": "team:write",
  "team.leave": "portal:read, members only",
  "team.remove": "team:write",
  "team.revokeInvitation": "team:write",
  "webhooks.reprocess": "staff",
};

const mutations = [...typesOfProcedures].flatMap(([name, type]) => (type === "mutation" ? [name] : [])).sort();

/** Verbs whose first statement asks for a right: by their compiled source, in which an import may be called through its module. */
const asking =
  /^[^{]*\{\s*(?:const [^=]+= )?\(?(?:0, ?)?[\w$.]*require(Permission|Staff|Agency|User)\)?\((?:ctx|outer)(?:, ?"([\w:]+)")?\)/;
/** What `npm run coverage` puts before each statement. */
const counters = /cov_\w+\(\)\.\w+\[\d+\](\[\d+\])?\+\+[,;]?\s*/g;

const modules = import.meta.glob<Record<string, unknown>>("../../server/domain/**/*.ts", { eager: true });
const verbs = Object.entries(modules).flatMap(([path, exported]) =>
  Object.entries(exported).flatMap(([name, verb]) => {
    const asked = typeof verb === "function" ? asking.exec(bodyOf(String(verb))) : null;
    const [, by = "", permission] = asked ?? [];
    return asked
      ? [
          {
            name,
            path,
            by,
            permission: permission as Permission | undefined,
            verb: verb as (ctx: Ctx, ...input: unknown[]) => Promise<unknown>,
          },
        ]
      : [];
  }),
);

/** A function's source from where its body begins: parameters may be objects too. */
function bodyOf(source: string): string {
  const plain = source.replace(counters, "");
  const end = plain.indexOf(") {");
  return end < 0 ? plain : plain.slice(end + 1);
}

let tenant: Tenant;
let own: Tenant;
let viewer: Actor;
let stranger: Actor;
let staff: Actor;
/** An admin who looks at the tenant as its people see it. */
let visitor: Actor;
const anonymous: Actor = { type: "anonymous" };

beforeAll(async () => {
  tenant = await makeTenant();
  own = await makeTenant();
  viewer = (await makeUser({ roles: [[tenant, "viewer"]] })).actor;
  stranger = (await makeUser({ roles: [[own, "owner"]] })).actor;
  const admin = (await makeUser({ staff: true })).actor;
  staff = admin;
  visitor = { ...admin, staff: false, memberships: [{ tenant, role: "visitor" }], viewingUntil: Date.now() + 60_000 };
});

const linesOf = async () => (await openDb(testEnv.DB).select({ lines: count() }).from(auditLog))[0]?.lines;

/** The code that a mutation answers with: of its door where that does not open, "opened" where what comes behind it failed or went well. */
async function answer(name: string, actor: Actor): Promise<string> {
  const procedure = name.split(".").reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], createCaller(testCtx({ actor })));
  try {
    // Nothing but the tenant: what a mutation wants besides is missing, so that an open door ends at its input.
    await (procedure as (input: unknown) => Promise<unknown>)({ tenant: tenant.id });
    return "opened";
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    // What a public one does not find is a link or a code, never a client.
    const closed = mayCall[name] === "public" ? [] : ["UNAUTHORIZED", "FORBIDDEN", "NOT_FOUND"];
    return closed.includes(code) ? code : "opened";
  }
}

test("every mutation is classified, and nothing else", () => {
  expect(mutations).toEqual(Object.keys(mayCall).sort());
});

describe.each(mutations)("%s", (name) => {
  const [who = "staff", only] = (mayCall[name] ?? "staff").split(", ");
  const isRight = who.includes(":");

  test("opens to whom it is for, and to nobody else", async () => {
    const before = await linesOf();
    const seen = {
      anonymous: await answer(name, anonymous),
      viewer: await answer(name, viewer),
      stranger: await answer(name, stranger),
      staff: only ? await answer(name, staff) : undefined,
      visitor: await answer(name, visitor),
    };
    const others = isRight ? "NOT_FOUND" : who === "staff" ? "FORBIDDEN" : "opened";
    const byRight = isRight && allows("viewer", who as Permission) ? "opened" : "FORBIDDEN";
    expect(seen).toEqual({
      anonymous: who === "public" ? "opened" : "UNAUTHORIZED",
      viewer: isRight ? byRight : others,
      stranger: others,
      staff: only ? "NOT_FOUND" : undefined,
      visitor: who === "public" ? "opened" : "FORBIDDEN",
    });
    if (others !== "opened" && byRight !== "opened") expect(await linesOf()).toBe(before);
  });
});

test("the verbs that ask are found in their sources", () => {
  expect(verbs.length).toBeGreaterThanOrEqual(40);
  expect(new Set(verbs.map(({ by }) => by))).toEqual(new Set(["Permission", "Staff", "Agency", "User"]));
});

/** What a verb says to this actor, called past every door, with a role that the door did not look at. */
async function called({ verb }: (typeof verbs)[number], actor: Actor, role: TenantRole): Promise<string> {
  const ctx: TenantCtx = enterTenant(testCtx({ actor }), tenant, role);
  try {
    await verb(ctx, {}, {});
    return "opened";
  } catch (error) {
    return error instanceof DomainError ? error.kind : `opened: ${String(error)}`;
  }
}

describe.each(verbs)("$name ($path), called past its door", (verb) => {
  const { by, permission } = verb;

  test("refuses who is nobody, who lacks the right, and another client's owner who claims to be this one's", async () => {
    const before = await linesOf();
    expect(await called(verb, anonymous, "owner")).toBe("unauthenticated");
    if (by === "User") return;
    const lacks = permission === undefined || !allows("viewer", permission);
    if (lacks) expect(await called(verb, viewer, "viewer")).toBe("forbidden");
    expect(await called(verb, viewer, "owner")).toBe("forbidden");
    expect(await called(verb, viewer, "staff")).toBe("forbidden");
    expect(await called(verb, stranger, "owner")).toBe("forbidden");
    expect(await linesOf()).toBe(before);
  });
});
