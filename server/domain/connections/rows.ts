import type { InferSelectModel } from "drizzle-orm";
import type { connections } from "#db/schema/index.ts";
import type { DataKeyRow } from "#server/domain/vault/data-keys.ts";
import type { SecretRow } from "#server/domain/vault/secrets.ts";

export type ConnectionRow = InferSelectModel<typeof connections>;

/** A connection with what it takes to use it, as it was read: nothing in it is opened yet. */
export interface HeldConnection {
  connection: ConnectionRow;
  secrets: SecretRow[];
  dataKeys: DataKeyRow[];
}

/** The fields that an OAuth connection has in the vault. */
export type SecretField = "access_token" | "refresh_token";
