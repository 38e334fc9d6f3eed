import { z } from "zod";
import { EmailAddress } from "#server/domain/sessions/schemas.ts";
import { Role } from "#server/domain/tenants/schemas.ts";

export const Invite = z.object({ email: EmailAddress, role: Role });
export type Invite = z.infer<typeof Invite>;

export const InvitationRef = z.object({ invitationId: z.string().max(60) });
export type InvitationRef = z.infer<typeof InvitationRef>;

/** What stands in an invitation's link; for a signed-in person of that address, the invitation's id is enough. */
export const InvitationToken = z.object({ token: z.string().max(120) });
export type InvitationToken = z.infer<typeof InvitationToken>;
