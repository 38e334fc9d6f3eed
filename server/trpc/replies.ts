import * as z from "zod";
import { failureKinds } from "#db/words/connections.ts";
import {
  AccountChange,
  ChosenResource,
  CliffKind,
  ConnectionKind,
  ConnectionStatus,
  Farewell,
  HealthState,
  ProbeResult,
  WaitReason,
} from "#server/domain/connections/schemas.ts";
import { ExportStatus } from "#server/domain/custody/schemas.ts";
import { IncidentKind } from "#server/domain/incidents/schemas.ts";
import { RunErrorKind } from "#server/domain/runs/schemas.ts";
import { Text } from "#server/domain/tenancy/schemas.ts";

/**
 * What procedures answer whose verbs say it by a type alone: the schemas that the API's document shows and its callers rely on.
 * A field that a verb answers and that is not named here does not go out. Instants are milliseconds since 1970.
 */

/** Where there is nothing to say but that it is done. */
export const Done = z.object({ done: z.literal(true) });
/** The answer of a procedure whose verb answers nothing. */
export const whenDone = async (work: Promise<void>): Promise<z.infer<typeof Done>> => {
  await work;
  return { done: true };
};

export const Finding = z.object({ severity: z.enum(["error", "warning"]), code: z.string(), message: z.string() });

const next = z.string().nullable().describe("Cursor of the next page; null at the end.");
const Titled = z.object({ id: z.string(), title: Text });

const Health = z.object({
  state: HealthState,
  since: z.number().nullable(),
  code: z.string().describe("Names what it means: `connection.rate_limited`."),
  words: Text.describe("What it means, in plain words."),
});

const KeyFormField = z.object({
  name: z.string(),
  label: Text,
  hint: Text.nullable(),
  secret: z.boolean(),
  optional: z.boolean(),
  pattern: z.string().nullable().describe("What the whole value must look like."),
  maxLength: z.number().nullable(),
  placeholder: z.string().nullable(),
});

const WaitingJob = z.object({ job: z.string(), title: Text, why: WaitReason });

const IntegratedAccount = z.object({
  id: z.string(),
  name: z.string(),
  kind: ConnectionKind,
  fields: z.record(z.string(), z.string()).describe("What was typed into its key form, without the secrets."),
  status: ConnectionStatus.exclude(["disconnected"]),
  statusReason: Text.nullable(),
  health: Health,
  holdsUp: z.array(WaitingJob).describe("The jobs that do not run because of it, and why."),
  scopes: z.object({ asked: z.array(z.string()), granted: z.array(z.string()), missing: z.array(z.string()) }),
  sets: z.array(z.object({ id: z.string(), asked: z.boolean(), granted: z.boolean() })),
  waiting: z
    .array(Titled.extend({ missing: z.array(z.string()), sets: z.array(z.string()) }))
    .describe("Jobs that no account serves, each with the permissions that this one lacks and the sets that hold them."),
  reads: z.array(Titled).describe("Jobs that read this account."),
  reduced: z.array(Titled.extend({ words: Text })).describe("Jobs that read less of it than they could, and what is missing."),
  preferred: z.boolean().describe("Whether it is the first in the client's order."),
  choices: z.array(
    z.object({ kind: z.string(), title: Text, choose: Text, many: z.boolean(), needed: z.boolean(), chosen: z.array(ChosenResource) }),
  ),
  connectedAt: z.number(),
  accessExpiresAt: z.number().nullable(),
  refreshExpiresAt: z.number().nullable(),
  changed: AccountChange.nullable().describe("The last change of its currency or time zone that we noticed."),
  cliff: z.object({ at: z.number(), kind: CliffKind }).nullable().describe("What ends although it is renewed."),
  endsAt: z.number().nullable().describe("When this key ends, since a sign-in of the same account took its place."),
  lastRefreshAt: z.number().nullable(),
  lastSuccessAt: z.number().nullable(),
  probedAt: z.number().nullable(),
  probeResult: ProbeResult.nullable().describe(
    "Of the last check; null before the first, and where it found all well and `health` is of later.",
  ),
  webhook: z
    .object({
      label: Text.describe("What the provider calls the secret."),
      hint: Text,
      made: z.boolean().describe("Whether we can make one."),
      address: z.string().describe("Where the provider is to send this account's own events."),
      setAt: z.number().nullable().describe("When the secret in use was set; null where there is none."),
      bothUntil: z.number().nullable().describe("Until when the one before it still opens."),
    })
    .nullable()
    .describe("The webhook of this account's own; null where the provider has none."),
});

const OwedAccess = z.object({
  id: z.string(),
  account: z.string().describe("Its name; empty where it is not known."),
  since: z.number(),
  nextAt: z.number().nullable().describe("When we try next to give it back; null where that was given up."),
  removal: Text.describe("Where a person removes it at the provider."),
});

export const AgencyOwed = z.array(z.object({ provider: z.string(), name: z.string(), owed: z.array(OwedAccess) }));

export const Integrations = z.array(
  z.object({
    provider: z.string(),
    name: z.string(),
    description: Text,
    configured: z.boolean().describe("Whether we have a client id and secret there."),
    needsShop: z.boolean(),
    state: z.enum(["connected", "reconnect_needed", "not_connected"]),
    scopeSets: z.array(Titled.extend({ default: z.boolean() })),
    signsIn: z.boolean().describe("Whether one can sign in there (OAuth)."),
    keyForm: z.array(KeyFormField).nullable(),
    incident: z.object({ kind: IncidentKind, openedAt: z.number() }).nullable(),
    connections: z.array(IntegratedAccount),
    lent: z
      .object({ account: z.string(), jobs: z.array(Titled) })
      .nullable()
      .describe("The account that the agency lends there, and the jobs that read it; null where it lends none."),
    owed: z.array(OwedAccess).describe("Access that ended here and that the provider has not ended."),
    jobs: z.array(Titled),
    feeds: z
      .enum(["metrics", "automations"])
      .nullable()
      .describe("What its accounts are read for, also by what is paused now; null where nothing reads them."),
    proposed: z
      .array(Text)
      .nullable()
      .describe("What an account of it would add, where it is among the few that are worth most; else null."),
  }),
);

export const Disconnected = z.object({
  farewell: Farewell.nullable().describe("What became of our access at the provider; null where it was disconnected before."),
  revoked: z.boolean(),
  remark: Text.nullable().describe("What is left to do there."),
});

export const Probe = z.object({ result: ProbeResult, probedAt: z.number(), health: Health });

export const UnusedScopes = z.array(
  z.object({
    connection: z.string(),
    provider: z.string(),
    providerName: z.string(),
    account: z.string(),
    scopes: z.array(z.string()),
    since: z.number(),
  }),
);

export const Credentials = z.object({
  credentials: z.array(
    z.object({
      tenant: z.string(),
      connection: z.string(),
      provider: z.string(),
      providerName: z.string(),
      kind: ConnectionKind,
      account: z.string(),
      field: z.string(),
      mask: z.string(),
      storedAt: z.number(),
      lastUsedAt: z.number().nullable(),
      dataKeyVersion: z.number().nullable().describe("Null where the row is no sealed value at all."),
      rootKeyId: z.string().nullable(),
    }),
  ),
  next,
});

export const Coverage = z.object({ total: z.number(), current: z.number().describe("How many the current root key wraps.") });

export const Reveals = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      tenant: z.string(),
      field: z.string(),
      providerName: z.string(),
      account: z.string(),
      reason: z.string(),
      requestedBy: z.string(),
      requestedAt: z.number(),
      decidedBy: z.string().nullable(),
      decidedAt: z.number().nullable(),
      expiresAt: z.number(),
      shownAt: z.number().nullable(),
      state: z.enum(["waiting", "open", "denied", "expired", "over", "void"]),
      own: z.boolean().describe("Asked for by the person who reads this."),
    }),
  ),
  next,
});
export const RequestedReveal = z.object({ id: z.string(), expiresAt: z.number() });

export const Exports = z.array(
  z.object({
    id: z.string(),
    status: ExportStatus,
    requestedAt: z.number(),
    requestedBy: z.string(),
    doneAt: z.number().nullable(),
    expiresAt: z.number(),
    bytes: z.number().nullable(),
    rows: z.number().describe("While it is being made: so far."),
  }),
);
export const RequestedExport = z.object({ id: z.string() });
export const RequestedDeletion = z.object({ id: z.string(), dueAt: z.number() });

const Receipt = z.object({
  tables: z.record(z.string(), z.number()),
  grants: z.array(
    z.object({
      connection: z.string(),
      provider: z.string(),
      kind: ConnectionKind,
      farewell: Farewell.nullable().default(null),
      revoked: z.boolean(),
    }),
  ),
  accounts: z.number(),
  auditHead: z.object({ seq: z.number(), hash: z.string() }).nullable(),
});
export const Deletion = z.object({
  id: z.string(),
  ofTenant: z.string(),
  tenantName: z.string(),
  requestedBy: z.string(),
  requestedByName: z.string().nullable(),
  requestedAt: z.number(),
  reason: z.string(),
  dueAt: z.number(),
  cancelledAt: z.number().nullable(),
  cancelledBy: z.string().nullable(),
  cancelledByName: z.string().nullable(),
  startedAt: z.number().nullable(),
  keyDestroyedAt: z.number().nullable(),
  doneAt: z.number().nullable(),
  receipt: Receipt.nullable(),
  state: z.enum(["waiting", "cancelled", "working", "done"]),
});
export const Deletions = z.object({ items: z.array(Deletion), next });

const Incident = z.object({
  id: z.string(),
  provider: z.string(),
  providerName: z.string(),
  kind: IncidentKind,
  openedAt: z.number(),
  lastSeenAt: z.number(),
  closedAt: z.number().nullable(),
  tenantsFailing: z.number(),
  tenantsUsing: z.number(),
  jobs: z.array(Titled),
});
/** An incident, and whom it hits now. */
export const IncidentWithHit = z.object({
  incident: Incident,
  hit: z
    .array(
      z.object({
        connectionId: z.string(),
        account: z.string(),
        tenantId: z.string(),
        tenantName: z.string(),
        failingSince: z.number().nullable().describe("Null where nobody asked the provider: it is switched off."),
        failedAt: z.number().nullable(),
        kind: z.enum(failureKinds).nullable(),
        paused: z.array(Titled).describe("Its jobs that wait for the provider."),
        runId: z.string().nullable().describe("The latest run of one of them that failed."),
        errorMessage: z.string().nullable().describe("What the provider said there."),
      }),
    )
    .describe("By client; nobody where the incident is over."),
  next,
});
export const Incidents = z.object({ open: z.array(Incident), past: z.array(Incident), next });

export const AuditPage = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      at: z.number(),
      tenantId: z.string(),
      actorType: z.enum(["user", "staff", "system", "anonymous"]),
      actorId: z.string().nullable(),
      actorName: z.string().nullable(),
      action: z.string(),
      about: z.string().nullable().describe("The provider and account that it was done to."),
      details: z.record(z.string(), z.unknown()),
      ip: z.string().nullable(),
      seq: z.number().nullable().describe("Its place in the chain."),
      hash: z.string().nullable(),
    }),
  ),
  people: z.record(z.string(), z.string()).describe("Names of those whom the details name, by their ids."),
  clients: z.record(z.string(), z.string()).describe("Names of the clients whose lines these are, by their ids; for the agency alone."),
  next,
});
export const ChainCheck = z.object({
  lines: z.number().describe("Lines that hold."),
  older: z.number().describe("Lines that are older than the chain."),
  broken: z
    .object({ kind: z.enum(["changed", "missing", "moved", "cut", "added"]), line: z.string().nullable(), seq: z.number() })
    .nullable()
    .describe("The first link that does not hold."),
});

export const DeadLetters = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      queue: z.string(),
      message: z.unknown().describe("Ids only."),
      ofTenant: z.string().nullable(),
      tenantName: z.string().nullable(),
      runId: z.string().nullable(),
      job: z.string().nullable().describe("What ran; null where it is no run, or one that was forgotten."),
      errorKind: RunErrorKind.nullable(),
      errorMessage: z.string().nullable().describe("Why the run failed, in words."),
      reason: z.string().describe("Why the queue gave it up, in words."),
      at: z.number(),
      replayedAt: z.number().nullable(),
      replayedBy: z.string().nullable(),
      replayedByName: z.string().nullable(),
    }),
  ),
  next,
});
export const Replayed = z.object({ replayed: z.boolean() });
