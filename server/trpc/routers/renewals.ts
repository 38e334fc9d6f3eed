import * as z from "zod";
import {
  CalendarEntry,
  ConnectionRef,
  DueRenewal,
  FailingRenewal,
  ListRenewals,
  PlannedConnection,
  RenewalPage,
  RenewalRate,
  RenewedNow,
} from "#server/domain/connections/schemas.ts";
import { Pasted } from "#server/domain/tenancy/schemas.ts";
import { listAllCliffs, listCliffs } from "#server/domain/tokens/list-cliffs.ts";
import { listDueRenewals } from "#server/domain/tokens/list-due-renewals.ts";
import { listFailingRenewals } from "#server/domain/tokens/list-failing-renewals.ts";
import { listPlans } from "#server/domain/tokens/list-plans.ts";
import { listRenewals } from "#server/domain/tokens/list-renewals.ts";
import { renewNow } from "#server/domain/tokens/renew-now.ts";
import { renewalRates } from "#server/domain/tokens/renewal-rates.ts";
import { memberOrStaff, router, staff, staffIn } from "#server/trpc/init.ts";

/** How tokens are kept alive, and what ends even so. No answer here holds a token, sealed or not. */
export const renewals = router({
  due: staff
    .meta({ openapi: { method: "GET", path: "/renewals/due", summary: "Dry run: whose tokens would be renewed now, and why" } })
    .input(z.object({ tenantId: Pasted.max(60).optional().describe("Of this client alone.") }))
    .output(z.array(DueRenewal))
    .query(({ ctx, input }) => listDueRenewals(ctx, input)),
  rates: staff
    .meta({ openapi: { method: "GET", path: "/renewals/rates", summary: "How renewals went at each provider, in a day and in a week" } })
    .output(z.array(RenewalRate))
    .query(({ ctx }) => renewalRates(ctx)),
  failing: staff
    .meta({ openapi: { method: "GET", path: "/renewals/failing", summary: "Connections whose renewals fail and are tried again" } })
    .output(z.array(FailingRenewal))
    .query(({ ctx }) => listFailingRenewals(ctx)),
  plans: staffIn.output(z.array(PlannedConnection)).query(({ ctx }) => listPlans(ctx)),
  history: staffIn
    .meta({
      openapi: {
        method: "GET",
        path: "/clients/{tenant}/renewals",
        summary: "What was tried to renew a client's tokens, the newest first",
      },
    })
    .input(ListRenewals)
    .output(RenewalPage)
    .query(({ ctx, input }) => listRenewals(ctx, input)),
  now: staffIn
    .meta({
      openapi: { method: "POST", path: "/clients/{tenant}/connections/{connectionId}/renew", summary: "Renew a connection's tokens now" },
    })
    .input(ConnectionRef)
    .output(RenewedNow)
    .mutation(({ ctx, input }) => renewNow(ctx, input)),
  calendar: memberOrStaff("portal:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/clients/{tenant}/calendar",
        summary: "What of a client's accesses ends although it is renewed, and when",
      },
    })
    .output(z.array(CalendarEntry))
    .query(({ ctx }) => listCliffs(ctx)),
  calendarOfAll: staff
    .meta({ openapi: { method: "GET", path: "/renewals/calendar", summary: "What ends although it is renewed, of all clients" } })
    .output(z.array(CalendarEntry))
    .query(({ ctx }) => listAllCliffs(ctx)),
});
