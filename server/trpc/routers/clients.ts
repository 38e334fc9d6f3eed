import * as z from "zod";
import { enterTenant, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { changeClient } from "#server/domain/clients/change-client.ts";
import { createClient } from "#server/domain/clients/create-client.ts";
import { describeClient } from "#server/domain/clients/describe-clients.ts";
import { endLoan } from "#server/domain/clients/end-loan.ts";
import { lendConnection } from "#server/domain/clients/lend-connection.ts";
import { listClients } from "#server/domain/clients/list-clients.ts";
import { listLendable } from "#server/domain/clients/list-lendable.ts";
import { listLoans } from "#server/domain/clients/list-loans.ts";
import { pickClients } from "#server/domain/clients/pick-clients.ts";
import { readPlan } from "#server/domain/clients/read-plan.ts";
import {
  ChangeClient,
  ChangeSettings,
  Client,
  ClientName,
  ClientPage,
  CreateClient,
  Lendable,
  LendConnection,
  ListClients,
  Loan,
  LoanRef,
  PickClients,
  SetFeatures,
} from "#server/domain/clients/schemas.ts";
import { setFeatures } from "#server/domain/clients/set-features.ts";
import { validateClient } from "#server/domain/clients/validate-client.ts";
import { readCosts } from "#server/domain/costs/read-costs.ts";
import { Cost, ReadCosts } from "#server/domain/costs/schemas.ts";
import { beginView } from "#server/domain/people/view-client.ts";
import { OwnPlan } from "#server/domain/tenancy/schemas.ts";
import { member, memberOrStaff, router, staff, staffIn } from "#server/trpc/init.ts";
import { Done, Finding, whenDone } from "#server/trpc/replies.ts";
import { wordedFindings } from "#server/trpc/say-findings.ts";

/** The record after a change of it. */
const after = async (ctx: TenantCtx, changed: Promise<Tenant>) => describeClient({ ...ctx, tenant: await changed });

export const clients = router({
  list: staff
    .meta({
      openapi: {
        method: "GET",
        path: "/clients",
        summary: "All clients with their health at a glance: those that need attention first, then the newest",
      },
    })
    .input(ListClients)
    .output(ClientPage)
    .query(async ({ ctx, input }) => {
      const { items, next, totals } = await listClients(ctx, input);
      return { clients: items, items, next, totals };
    }),

  /** What a field that names a client may mean. */
  pick: staff
    .input(PickClients)
    .output(z.array(ClientName))
    .query(({ ctx, input }) => pickClients(ctx, input)),

  create: staff
    .meta({ openapi: { method: "POST", path: "/clients", summary: "Take a client in", status: 201 } })
    .input(CreateClient)
    .output(Client)
    .mutation(async ({ ctx, input }) => describeClient(enterTenant(ctx, await createClient(ctx, input), "staff"))),

  get: memberOrStaff("portal:read")
    .meta({ openapi: { method: "GET", path: "/clients/{tenant}", summary: "One client, for its own people and for the agency" } })
    .output(Client)
    .query(({ ctx }) => describeClient(ctx)),

  loans: staffIn
    .meta({ openapi: { method: "GET", path: "/clients/{tenant}/loans", summary: "The accounts that a client lends and borrows" } })
    .output(z.array(Loan))
    .query(({ ctx }) => listLoans(ctx)),

  /** What the form of the client's settings offers. */
  lendable: staffIn.output(z.array(Lendable)).query(({ ctx }) => listLendable(ctx)),

  lend: staffIn
    .meta({
      openapi: {
        method: "POST",
        path: "/clients/{tenant}/loans",
        summary: "Lend an account of the agency's own client to another client",
        status: 201,
      },
    })
    .input(LendConnection)
    .output(z.object({ id: z.string() }))
    .mutation(({ ctx, input }) => lendConnection(ctx, input)),

  endLoan: staffIn
    .meta({ openapi: { method: "DELETE", path: "/clients/{tenant}/loans/{loanId}", summary: "End a loan" } })
    .input(LoanRef)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(endLoan(ctx, input))),

  update: memberOrStaff("settings:write")
    .meta({
      openapi: {
        method: "PATCH",
        path: "/clients/{tenant}",
        summary: "Change what is given of a client",
        description:
          "Its own owner and admins change name, locale, timezone and contact; the agency's admins all of it. A field that is not " +
          "the asker's is refused by its name.",
      },
    })
    .input(ChangeClient)
    .output(Client)
    .mutation(({ ctx, input: { tenant: _, ...change } }) => after(ctx, changeClient(ctx, change))),

  plan: memberOrStaff("portal:read")
    .meta({
      openapi: { method: "GET", path: "/clients/{tenant}/plan", summary: "What a client's plan gives, and how much of it is taken" },
    })
    .output(OwnPlan)
    .query(({ ctx }) => readPlan(ctx)),

  costs: staffIn
    .meta({ openapi: { method: "GET", path: "/clients/{tenant}/costs", summary: "What a client cost, by kind" } })
    .input(ReadCosts)
    .output(z.array(Cost))
    .query(({ ctx, input }) => readCosts(ctx, input)),

  /** Lets the admin who asks look at the client's pages as its people see them, in this browser. */
  view: staffIn.mutation(({ ctx }) => beginView(ctx)),

  validate: staffIn
    .meta({ openapi: { method: "GET", path: "/clients/{tenant}/validation", summary: "What is missing or inconsistent in a client" } })
    .output(z.array(Finding))
    .query(async ({ ctx }) => wordedFindings(ctx, await validateClient(ctx))),

  setFeatures: staffIn
    .meta({ openapi: { method: "PUT", path: "/clients/{tenant}/features", summary: "Say which jobs a client wants" } })
    .input(SetFeatures)
    .output(Client)
    .mutation(({ ctx, input }) => after(ctx, setFeatures(ctx, input))),

  /** What a client's own people may change of it. */
  updateSettings: member("settings:write")
    .input(ChangeSettings)
    .output(Client)
    .mutation(({ ctx, input: { tenant: _, ...change } }) => after(ctx, changeClient(ctx, change))),
});
