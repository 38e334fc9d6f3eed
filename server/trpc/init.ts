import { initTRPC, TRPCError } from "@trpc/server";
import { z } from "zod";
import { type Ctx, enterTenant, requirePermission, requireUser } from "#server/ctx.ts";
import type { Permission } from "#server/domain/members/permissions.ts";
import { takeChange } from "#server/domain/rate-limits/take-change.ts";
import { findTenant } from "#server/domain/tenants/find-tenant.ts";
import { DomainError, type ErrorKind, forbidden, notFound } from "#server/errors.ts";
import { describeError } from "./errors.ts";
import type { ProcedureMeta } from "./rest.ts";

const trpc = initTRPC
  .context<Ctx>()
  .meta<ProcedureMeta>()
  .create({
    errorFormatter: ({ shape, error, ctx }) => {
      const described = { ...describeError(error), requestId: ctx?.request.id ?? null };
      // Named one by one: the shape of tRPC's own would carry a stack where it thinks that it is being developed.
      return {
        code: shape.code,
        message: described.message,
        data: { code: shape.data.code, httpStatus: shape.data.httpStatus, path: shape.data.path, ...described },
      };
    },
  });

export const router = trpc.router;
export const createCallerFactory = trpc.createCallerFactory;

const codes: Record<ErrorKind, TRPCError["code"]> = {
  unauthenticated: "UNAUTHORIZED",
  forbidden: "FORBIDDEN",
  not_found: "NOT_FOUND",
  invalid: "BAD_REQUEST",
  conflict: "CONFLICT",
  rate_limited: "TOO_MANY_REQUESTS",
  unavailable: "SERVICE_UNAVAILABLE",
  internal: "INTERNAL_SERVER_ERROR",
};

/** Domain errors get their tRPC code here; the unknown is logged with its cause and goes out as one plain sentence. */
const outward = trpc.middleware(async ({ ctx, next, path }) => {
  const result = await next();
  if (result.ok) return result;
  const cause = result.error.cause;
  if (cause instanceof DomainError) throw new TRPCError({ code: codes[cause.kind], message: cause.message, cause });
  if (result.error.code === "INTERNAL_SERVER_ERROR") ctx.log.error("procedure failed", { path, error: cause ?? result.error });
  return result;
});

const procedure = trpc.procedure.meta({ door: "public" }).use(outward);

/** Anybody, signed in or not. */
export const publicProcedure = procedure;

/** What changes something is counted, once it is known who asks and in which tenant. */
const counted = trpc.middleware(async ({ ctx, type, next }) => {
  if (type === "mutation") await takeChange(ctx);
  return next();
});

const signedIn = procedure.use(({ ctx, next }) => next({ ctx: { ...ctx, actor: requireUser(ctx) } }));

/** Any signed-in person, about themselves. */
export const personal = signedIn.meta({ door: "personal" }).use(counted);

/** Which tenant is meant: `{tenant}` in REST paths. What no slug can look like is as unknown as any other. */
const InTenant = z.object({ tenant: z.string().min(1).max(100) });

/** A member of the tenant that the input names, with this right there. To anybody else the tenant does not exist. */
export const member = (permission: Permission) =>
  signedIn
    .meta({ door: "member" })
    .input(InTenant)
    .use(({ ctx, input, next }) => {
      const membership = ctx.actor.memberships.find(({ tenant }) => tenant.id === input.tenant);
      if (!membership) throw notFound("client");
      const tenantCtx = enterTenant(ctx, membership.tenant, membership.role);
      requirePermission(tenantCtx, permission);
      return next({ ctx: { ...tenantCtx, actor: ctx.actor } });
    })
    .use(counted);

const adminsOnly = signedIn.meta({ door: "staff" }).use(({ ctx, next }) => {
  if (!ctx.actor.staff) throw forbidden("This is for the agency's admins.");
  return next();
});

/** The agency's admins. */
export const staff = adminsOnly.use(counted);

/** The agency's admins, inside one tenant that the input names. */
export const staffIn = adminsOnly
  .input(InTenant)
  .use(async ({ ctx, input, next }) => {
    const tenant = await findTenant(ctx, input.tenant);
    return next({ ctx: { ...enterTenant(ctx, tenant, "staff"), actor: ctx.actor } });
  })
  .use(counted);

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
    .use(counted);
