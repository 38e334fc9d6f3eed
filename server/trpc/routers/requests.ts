import { approveRequest, declineRequest } from "#server/domain/clients/decide-request.ts";
import { countRequests, listRequests } from "#server/domain/clients/list-requests.ts";
import { requestWorkspace, signUpIsOpen } from "#server/domain/clients/request-workspace.ts";
import { ApproveRequest, RequestWorkspace, WorkspaceRequestRef } from "#server/domain/clients/schemas.ts";
import { publicProcedure, router, staff } from "#server/trpc/init.ts";

/** People who ask for a workspace, where the configuration lets them. */
export const requests = router({
  isOpen: publicProcedure.query(({ ctx }) => signUpIsOpen(ctx)),
  send: publicProcedure.input(RequestWorkspace).mutation(({ ctx, input }) => requestWorkspace(ctx, input)),
  list: staff.query(({ ctx }) => listRequests(ctx)),
  waiting: staff.query(({ ctx }) => countRequests(ctx)),
  approve: staff.input(ApproveRequest).mutation(({ ctx, input }) => approveRequest(ctx, input)),
  decline: staff.input(WorkspaceRequestRef).mutation(({ ctx, input }) => declineRequest(ctx, input)),
});
