import { sql } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import { probeFailingEveryMs } from "#server/domain/tokens/probe-times.ts";
import type { WriteRows } from "./writing.ts";

/** What health is read from: accounts that answered work. */
export const noteAnswers: WriteRows = ({ db, now, rows, held }) =>
  rows(({ answeredIds }) => answeredIds.map((id) => [id])).map((json) =>
    db
      .update(connections)
      .set({ lastSuccessAt: now, failedAt: null, failureKind: null, failingSince: null })
      .where(sql`${connections.id} in (select j.value->>0 ${held(json)})`),
  );

/** Accounts whose provider failed. */
export const noteFailures: WriteRows = ({ db, now, rows, held }) =>
  rows(({ failing }) => (failing ? [[failing.connectionId, failing.kind]] : [])).map((json) =>
    db
      .update(connections)
      .set({
        failedAt: now,
        failureKind: sql`f.kind`,
        failingSince: sql`coalesce(${connections.failingSince}, ${now})`,
        // Probed soon, so that the portal says soon that it is back.
        probeAt: sql`min(coalesce(${connections.probeAt}, f.probe_at), f.probe_at)`,
      })
      .from(sql`(select j.value->>0 as id, j.value->>1 as kind, ${now + probeFailingEveryMs} as probe_at ${held(json)}) f`)
      .where(sql`${connections.id} = f.id`),
  );
