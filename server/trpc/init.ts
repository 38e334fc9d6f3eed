import { initTRPC } from "@trpc/server";
import * as z from "zod";
import { type Ctx, enterTenant, requirePermission, requireUser } from "#server/ctx.ts";
import { asVisitor } from "#server/domain/people/view-client.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import type { Permission } from "#server/domain/tenancy/permissions.ts";
import { takeChange } from "#server/domain/tenancy/take-change.ts";
import { DomainError, forbidden, notFound } from "#server/errors.ts";
import { type Tell, trpcErrorOf, trpcShape } from "./errors.ts";
import type { ObjectSchema, ProcedureMeta } from "./rest.ts";
import { refuseStrayFields } from "./stray-fields.ts";
import type { Voice } from "./voice.ts";

/**
 * A context as a door hands it in: `fieldsOf` where a call comes from outside, see `fromOutside`, `tell` where that is
 * tRPC's own client, and `voice` with the language of who reads.
 */
export interface CallCtx extends Ctx {
  fieldsOf?: (procedure: string) => ObjectSchema | undefined;
  tell?: Tell;
  voice?: Voice;
}

const trpc = initTRPC
  .context<CallCtx>()
  .meta<ProcedureMeta>()
  .create({
    errorFormatter: ({ shape, error, ctx }) =>
      trpcShape(error, { path: shape.data.path, requestId: ctx?.request.id ?? null, tell: ctx?.tell }),
  });

export const router = trpc.router;
export const createCallerFactory = trpc.createCallerFactory;

/** Domain errors get their tRPC code here; the unknown is logged with its cause and goes out as `internal`. */
const outward = trpc.middleware(async ({ ctx, next, path }) => {
  const result = await next();
  if (result.ok) return result;
  const cause = result.error.cause;
  if (cause instanceof DomainError) throw trpcErrorOf(cause);
  if (result.error.code === "INTERNAL_SERVER_ERROR") ctx.log.error("procedure failed", { path, error: cause ?? result.error });
  return result;
});

/** The last step of every builder, behind the question of who asks: what comes from outside names known fields alone. */
const known = trpc.middleware(async ({ ctx, path, getRawInput, next }) => {
  const schema = ctx.fieldsOf?.(path);
  if (schema) refuseStrayFields(schema, await getRawInput());
  return next();
});

const procedure = trpc.procedure.meta({ door: "public" }).use(outward);

/** Anybody, signed in or not. */
export const publicProcedure = procedure.use(known);

/** What changes something is counted, once it is known who asks and in which tenant. Who only looks changes nothing. */
const counted = trpc.middleware(async ({ ctx, type, next }) => {
  if (type === "mutation") {
    if (ctx.actor.type === "user" && ctx.actor.viewingUntil !== undefined) throw forbidden("only_looking");
    await takeChange(ctx);
  }
  return next();
});

const signedIn = procedure.use(({ ctx, next }) => next({ ctx: { actor: requireUser(ctx) } }));

/** Any signed-in person, about themselves. */
export const personal = signedIn.meta({ door: "personal" }).use(counted).use(known);

/** Which tenant is meant: `{tenant}` in REST paths. What no slug can look like is as unknown as any other. */
const InTenant = z.object({ tenant: z.string().min(1).max(100) });

/**
 * A member of the tenant that the input names, with this right there, or an admin of the agency who looks at it. To anybody else the tenant
 * does not exist.
 */
export const member = (permission: Permission) =>
  signedIn
    .meta({ door: "member" })
    .input(InTenant)
    .use(async ({ ctx, input, next }) => {
      const membership = ctx.actor.memberships.find(({ tenant }) => tenant.id === input.tenant);
      const tenantCtx = membership ? enterTenant(ctx, membership.tenant, membership.role) : await asVisitor(ctx, input.tenant);
      if (!tenantCtx) throw notFound("client");
      requirePermission(tenantCtx, permission);
      return next({ ctx: { ...tenantCtx, actor: requireUser(tenantCtx) } });
    })
    .use(counted)
    .use(known);

const adminsOnly = signedIn.meta({ door: "staff" }).use(({ ctx, next }) => {
  if (!ctx.actor.staff) throw forbidden("admins_only");
  return next();
});

/** The agency's admins. */
export const staff = adminsOnly.use(counted).use(known);

/** The agency's admins, inside one tenant that the input names. */
export const staffIn = adminsOnly
  .input(InTenant)
  .use(async ({ ctx, input, next }) => {
    const tenant = await findTenant(ctx, input.tenant);
    return next({ ctx: { ...enterTenant(ctx, tenant, "staff"), actor: ctx.actor } });
  })
  .use(counted)
  .use(known);

/** A member with this right, or any of the agency's admins, who may do all of it. */
export const memberOrStaff = (permission: Permission) =>
  signedIn
    .meta({ door: "memberOrStaff" })
    .input(InTenant)
    .use(async ({ ctx, input, next }) => {
      const membership = ctx.actor.memberships.find(({ tenant }) => tenant.id === input.tenant);
      if (!membership && !ctx.actor.staff) throw notFound("client");
      const tenantCtx = membership
        ? enterTenant(ctx, membership.tenant, ctx.actor.staff ? "staff" : membership.role)
        : enterTenant(ctx, await findTenant(ctx, input.tenant), "staff");
      requirePermission(tenantCtx, permission);
      return next({ ctx: { ...tenantCtx, actor: ctx.actor } });
    })
    .use(counted)
    .use(known);
