import { z } from "zod";
import { Role } from "#server/domain/tenants/schemas.ts";

export const MemberRef = z.object({ userId: z.string().max(60) });
export type MemberRef = z.infer<typeof MemberRef>;

export const ChangeRole = MemberRef.extend({ role: Role });
export type ChangeRole = z.infer<typeof ChangeRole>;
