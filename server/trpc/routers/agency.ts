import { readDefaults, setDefaults } from "#server/domain/clients/agency-defaults.ts";
import { AgencyDefaults } from "#server/domain/clients/schemas.ts";
import { addAdmin, listAdmins, removeAdmin } from "#server/domain/people/agency-team.ts";
import { AddAdmin, AdminRef } from "#server/domain/people/schemas.ts";
import { router, staff } from "#server/trpc/init.ts";

/** The agency itself: its admins, and what its new clients begin with. */
export const agency = router({
  admins: staff.query(({ ctx }) => listAdmins(ctx)),
  addAdmin: staff.input(AddAdmin).mutation(({ ctx, input }) => addAdmin(ctx, input)),
  removeAdmin: staff.input(AdminRef).mutation(({ ctx, input }) => removeAdmin(ctx, input)),
  defaults: staff.query(({ ctx }) => readDefaults(ctx)),
  setDefaults: staff.input(AgencyDefaults).mutation(({ ctx, input }) => setDefaults(ctx, input)),
});
