import type { KeyServiceId, SandboxProviderId } from "#sandbox/endpoints.ts";

/** One consent of one account to our application: everything issued from it lives and dies with it (a token family). */
export interface Grant {
  id: string;
  provider: SandboxProviderId | KeyServiceId;
  account: string;
  scopes: string[];
  createdAt: number;
  revoked: boolean;
  /** expiring: access tokens that end, with a refresh token; lasting: one without an end; online: one that ends, and no refresh token. */
  mode: "expiring" | "lasting" | "online";
}

export interface AuthorizationRequest {
  redirectUri: string;
  challenge: string | null;
  offline: boolean;
  nonce: string | null;
}

/** Any secret value that was issued. Times are epoch milliseconds; null means no end. */
export interface Issued {
  value: string;
  /** `key`: what a person copies from the provider's settings; it never was granted to anybody. */
  kind: "code" | "access" | "refresh" | "key";
  grantId: string;
  createdAt: number;
  expiresAt: number | null;
  /** live: usable; used: exchanged or rotated away; dead: revoked, superseded or expired on demand. */
  state: "live" | "used" | "dead";
  /** The refresh token that this one replaced. */
  replaces: string | null;
  /** What the code must be redeemed with; only codes have it. */
  request: AuthorizationRequest | null;
}

export interface TokenPair {
  access: Issued;
  refresh: Issued | null;
}

/** What the sandbox issued, in memory and in SQLite: reads touch memory only, writes go through. */
export interface Ledger {
  grants: Map<string, Grant>;
  issued: Map<string, Issued>;
  saveGrant(grant: Grant): void;
  saveIssued(issued: Issued): void;
  issuedOf(grantId: string): Issued[];
  grantsOf(provider: Grant["provider"], account: string): Grant[];
  sql: SqlStorage;
}

export function openLedger(sql: SqlStorage): Ledger {
  sql.exec("CREATE TABLE IF NOT EXISTS grants (id TEXT PRIMARY KEY, body TEXT NOT NULL)");
  sql.exec("CREATE TABLE IF NOT EXISTS issued (value TEXT PRIMARY KEY, body TEXT NOT NULL)");
  const grants = new Map<string, Grant>();
  const issued = new Map<string, Issued>();
  const byGrant = new Map<string, Issued[]>();
  const byAccount = new Map<string, Grant[]>();

  function indexGrant(grant: Grant): void {
    if (!grants.has(grant.id)) append(byAccount, `${grant.provider} ${grant.account}`, grant);
    grants.set(grant.id, grant);
  }
  function indexIssued(item: Issued): void {
    if (!issued.has(item.value)) append(byGrant, item.grantId, item);
    issued.set(item.value, item);
  }
  for (const row of sql.exec<{ body: string }>("SELECT body FROM grants")) indexGrant(JSON.parse(row.body) as Grant);
  for (const row of sql.exec<{ body: string }>("SELECT body FROM issued ORDER BY rowid")) indexIssued(JSON.parse(row.body) as Issued);

  return {
    grants,
    issued,
    sql,
    saveGrant(grant) {
      indexGrant(grant);
      sql.exec("INSERT INTO grants VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body", grant.id, JSON.stringify(grant));
    },
    saveIssued(item) {
      indexIssued(item);
      sql.exec("INSERT INTO issued VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body", item.value, JSON.stringify(item));
    },
    issuedOf: (grantId) => byGrant.get(grantId) ?? [],
    grantsOf: (provider, account) => byAccount.get(`${provider} ${account}`) ?? [],
  };
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** Ends a grant: every code and token of it stops working at once. */
export function revokeGrant(ledger: Ledger, grant: Grant): void {
  if (!grant.revoked) ledger.saveGrant(Object.assign(grant, { revoked: true }));
  for (const item of ledger.issuedOf(grant.id)) {
    if (item.state === "live") ledger.saveIssued(Object.assign(item, { state: "dead" }));
  }
}

/** The live token behind `value`, with its grant; null when it is unknown, ended or expired. */
export function findLive(ledger: Ledger, kind: Issued["kind"], value: string | null, now: number): { item: Issued; grant: Grant } | null {
  const item = value === null ? undefined : ledger.issued.get(value);
  if (!item || item.kind !== kind || item.state !== "live") return null;
  if (item.expiresAt !== null && item.expiresAt <= now) return null;
  const grant = ledger.grants.get(item.grantId);
  return grant && !grant.revoked ? { item, grant } : null;
}
