import type { BatchItem } from "drizzle-orm/batch";
import { DrizzleD1Database, SQLiteD1Session } from "drizzle-orm/d1";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import { isPlace, type Place } from "#db/words/places.ts";
import { patientD1 } from "./patient-d1.ts";
import { guardTenant } from "./tenant-guard.ts";

/** `$client` is the D1 below, with its patience and its bounds. */
export type Db = DrizzleD1Database & { $client: D1Database };

export type Databases = { DB: D1Database } & { [place in Place]?: D1Database };

export const placesIn = (databases: Databases): Place[] => Object.keys(databases).filter(isPlace);

/** Throws where none is bound under that name: what a deployment forgot to bind is no client without rows. */
export function databaseAt(databases: Databases, place: Place): D1Database {
  const found = databases[place];
  if (!found) throw new Error(`No D1 is bound as ${place}`);
  return found;
}

/** Keeps what each column is called in D1, which `drizzle()` would find out anew for each request. */
const dialect = new SQLiteAsyncDialect({ casing: "snake_case" });

/**
 * A D1 without a tenant's bounds: people, sessions, and what the engine does for all tenants at once. Reads that fail in passing
 * are asked again, see `patientD1`; a write that may be done twice is wrapped in `tryAgain` by whoever knows that it may.
 */
export function openDb(d1: D1Database): Db {
  const $client = patientD1(d1);
  const db: DrizzleD1Database = new DrizzleD1Database("async", dialect, new SQLiteD1Session($client, dialect, undefined), undefined);
  return Object.assign(db, { $client });
}

/** A tenant's D1, in which a query that does not name that tenant fails instead of answering. */
export const openTenantDb = (d1: D1Database, tenantId: string): Db => openDb(guardTenant(d1, tenantId));

export type Statement = BatchItem<"sqlite">;

/**
 * One D1 batch, all of it or nothing, of statements whose number is only known when it runs: at least one. Answers what each
 * of them answered, in their order. Where the number is fixed, `db.batch` keeps the types.
 */
export const batchOf = async (db: Db, statements: readonly Statement[]): Promise<readonly unknown[]> =>
  db.batch(statements as readonly [Statement, ...Statement[]]);
