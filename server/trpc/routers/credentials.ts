import * as z from "zod";
import { providers } from "#server/catalog/providers/registry.ts";
import { listCredentials } from "#server/domain/connections/list-credentials.ts";
import { OwedRef } from "#server/domain/connections/schemas.ts";
import { Pasted } from "#server/domain/tenancy/schemas.ts";
import { listAgencyOwed } from "#server/domain/tokens/list-owed.ts";
import { settleAgencyOwed } from "#server/domain/tokens/settle-owed.ts";
import { rootKeyCoverage, rotateRootKey } from "#server/domain/vault/rotate-root-key.ts";
import { router, staff } from "#server/trpc/init.ts";
import { AgencyOwed, Coverage, Credentials, Done, whenDone } from "#server/trpc/replies.ts";

/** Of 100 data keys: two calls of D1 each, well inside what an invocation may make. */
const pagesPerRequest = 20;

/** What the vault holds, by name: no answer here has a secret in it, sealed or not. */
export const credentials = router({
  list: staff
    .meta({ openapi: { method: "GET", path: "/credentials", summary: "All clients' secrets by name, never by value" } })
    .input(
      z.object({
        cursor: z.string().max(60).optional().describe("`next` of the page before."),
        tenantId: Pasted.max(60).optional(),
        provider: z.string().max(40).optional(),
      }),
    )
    .output(Credentials)
    .query(({ ctx, input: { cursor, ...asked } }) => listCredentials(ctx, { after: cursor, ...asked })),
  /** Of whom there may be some. */
  providers: staff.query(() => providers.map(({ id, name }) => ({ id, name }))),
  /** Access that the agency itself owes back at providers. */
  owed: staff
    .meta({ openapi: { method: "GET", path: "/credentials/owed", summary: "Access that the agency itself owes back at providers" } })
    .output(AgencyOwed)
    .query(({ ctx }) => listAgencyOwed(ctx)),
  settleOwed: staff
    .meta({
      openapi: {
        method: "POST",
        path: "/credentials/owed/{owedId}/removed",
        summary: "Say that access which the agency owed was removed at its provider by hand",
      },
    })
    .input(OwedRef)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(settleAgencyOwed(ctx, input))),
  /** How far the rotation to the current root key has come. */
  coverage: staff
    .meta({ openapi: { method: "GET", path: "/credentials/coverage", summary: "How far the rotation of the root key has come" } })
    .output(Coverage)
    .query(({ ctx }) => rootKeyCoverage(ctx)),
  /** Goes on with the rotation, as far as one request can, and says how far it has come. */
  rotate: staff
    .meta({ openapi: { method: "POST", path: "/credentials/rotate", summary: "Go on with the rotation of the root key" } })
    .output(Coverage)
    .mutation(({ ctx }) => rotateRootKey(ctx, { maxPages: pagesPerRequest })),
});
