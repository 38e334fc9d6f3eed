import type { SandboxProvider } from "#sandbox/providers/provider.ts";
import type { Grant, Issued, Ledger, TokenPair } from "./ledger.ts";

const codeLifeMs = 60_000;

/** 160 random bits behind a mark that no other text contains. */
function randomBody(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(20));
  return `sbx${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function issue(
  ledger: Ledger,
  item: Pick<Issued, "kind" | "grantId" | "expiresAt"> & Partial<Issued>,
  prefix: string,
  now: number,
): Issued {
  const issued: Issued = { value: prefix + randomBody(), createdAt: now, state: "live", replaces: null, request: null, ...item };
  ledger.saveIssued(issued);
  return issued;
}

/** A key of an account, without an end. It is random, or what `value` says. */
export function issueKey(ledger: Ledger, { grant, prefix, value }: { grant: Grant; prefix: string; value?: string }, now: number): Issued {
  return issue(ledger, { kind: "key", grantId: grant.id, expiresAt: null, ...(value !== undefined && { value }) }, prefix, now);
}

export function newGrant(ledger: Ledger, input: Pick<Grant, "provider" | "account" | "scopes" | "mode">, now: number): Grant {
  const grant: Grant = { id: `grant_${crypto.randomUUID()}`, createdAt: now, revoked: false, ...input };
  ledger.saveGrant(grant);
  return grant;
}

export function issueCode(ledger: Ledger, provider: SandboxProvider, grant: Grant, request: Issued["request"], now: number): Issued {
  return issue(ledger, { kind: "code", grantId: grant.id, expiresAt: now + codeLifeMs, request }, provider.prefixes.code, now);
}

/** A new access token and, where asked for, a new refresh token. `expiresIn` (seconds) overrides the provider's usual life. */
export function issueTokens(
  ledger: Ledger,
  provider: Pick<SandboxProvider, "accessLife" | "refreshLife" | "prefixes">,
  input: { grant: Grant; refresh: boolean; replaces?: string; expiresIn?: number; now: number },
): TokenPair {
  const { grant, now } = input;
  const life = input.expiresIn ?? provider.accessLife(grant);
  const access = issue(
    ledger,
    { kind: "access", grantId: grant.id, expiresAt: life === null ? null : now + life * 1000 },
    provider.prefixes.access,
    now,
  );
  const refresh = input.refresh
    ? issue(
        ledger,
        {
          kind: "refresh",
          grantId: grant.id,
          expiresAt: provider.refreshLife === null ? null : now + provider.refreshLife * 1000,
          replaces: input.replaces ?? null,
        },
        provider.prefixes.refresh,
        now,
      )
    : null;
  return { access, refresh };
}
