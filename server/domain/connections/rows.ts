import type { InferSelectModel } from "drizzle-orm";
import type { connections, debts } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";
import type { DataKeyRow } from "#server/domain/vault/data-keys.ts";
import type { SecretRow } from "#server/domain/vault/secrets.ts";

export type ConnectionRow = InferSelectModel<typeof connections>;
export type DebtRow = InferSelectModel<typeof debts>;

/** A connection with what it takes to use it, as it was read: nothing in it is opened yet. */
export interface HeldConnection {
  connection: ConnectionRow;
  secrets: SecretRow[];
  dataKeys: DataKeyRow[];
  /** Whose account it is, where it is lent: it is opened and renewed in that client's own context, see `lent-accounts.ts`. */
  lender?: Tenant;
}

/** Whether there is a secret of this field, unopened. */
export const hasSecret = ({ secrets }: { secrets: readonly Pick<SecretRow, "field">[] }, field: string): boolean =>
  secrets.some((secret) => secret.field === field);
