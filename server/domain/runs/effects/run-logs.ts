import { sql } from "drizzle-orm";
import { runLogs } from "#db/schema/index.ts";
import type { WriteRows } from "./writing.ts";

export const writeRunLogs: WriteRows = ({ db, rows, held }) =>
  rows(({ logs }) => logs.map((line) => [line.seq, line.at, line.level, line.message, line.fields, line.params])).map((json) =>
    db
      .insert(runLogs)
      .select(sql`select r.tenant_id, r.id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4, j.value->>5 ${held(json)}`)
      .onConflictDoNothing(),
  );
