import { hmac } from "@oslojs/crypto/hmac";
import { SHA256, sha256 } from "@oslojs/crypto/sha2";
import { encodeHexLowerCase } from "@oslojs/encoding";
import { eq } from "drizzle-orm";
import { connections, policies } from "#db/schema/index.ts";
import type { Touch } from "#db/words/actions.ts";
import type { ActionKind } from "#server/catalog/actions/action.ts";
import type { Proposal } from "#server/catalog/records.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { canonical } from "#server/domain/audit/chain.ts";
import { chooseAccount } from "#server/domain/connections/choose-account.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { newId } from "#server/ids.ts";
import { besideSource } from "./beside-source.ts";

/** A proposal as it is written: checked by its kinds, bound to accounts, hashed, and drawn into or out of the control group. */
export interface PreparedAction extends Omit<Proposal, "steps"> {
  id: string;
  touches: Touch;
  hash: string;
  withheld: boolean;
  /** By which it was drawn: what was drawn before the automation began anew is not written. */
  salt: string;
  steps: readonly PreparedStep[];
}

export interface PreparedStep {
  kind: string;
  /** The account that it is done with. */
  accountId: string;
  payload: unknown;
  /** Where it writes about many customers: whom it names, by the shop's ids. */
  names: readonly string[];
}

/** Why a proposal cannot be: a step whose kind is not on the shelf, does not take its payload, or has no account to be done with. */
export interface Unproposable {
  dedupe: string;
  kind: string;
  why: "kind_unknown" | "payload_unfit" | "no_account";
}

type Kinds = (id: string) => ActionKind | undefined;

/**
 * Makes an automation's proposals ready to be written; what cannot be is told. Nothing where its policy is off: whoever is off is not asked
 * what it would do. `source`: the account that they were read from, whose ids they name.
 */
export async function prepareActions(
  ctx: TenantCtx,
  kinds: Kinds,
  { automation, source, proposals }: { automation: string; source: string; proposals: readonly Proposal[] },
): Promise<{ actions: PreparedAction[]; not: Unproposable[] }> {
  const [[policy], all] = await ctx.db.batch([
    ctx.db
      .select()
      .from(policies)
      .where(inTenant(ctx, policies, eq(policies.automation, automation))),
    ctx.db.select().from(connections).where(inTenant(ctx, connections)),
  ]);
  const own = besideSource(all, source).filter(({ status }) => status === "active");
  const ready: { actions: PreparedAction[]; not: Unproposable[] } = { actions: [], not: [] };
  if (!policy || policy.mode === "off") return ready;
  for (const { steps, ...proposal } of proposals) {
    const prepared: PreparedStep[] = [];
    const touched: Touch[] = [];
    let fault: Unproposable | undefined;
    for (const { kind: id, payload } of steps) {
      const kind = kinds(id);
      const parsed = kind?.payload.safeParse(payload);
      const chosen = kind && chooseAccount({ needs: [kind.need] }, kind.need.provider, own);
      if (!kind || !parsed?.success || !chosen || !("account" in chosen)) {
        fault = { dedupe: proposal.dedupe, kind: id, why: !kind ? "kind_unknown" : parsed?.success ? "no_account" : "payload_unfit" };
        break;
      }
      touched.push(kind.touches);
      const accountId = chosen.account.id;
      for (const chunk of kind.chunks?.(parsed.data) ?? [parsed.data]) {
        prepared.push({ kind: id, accountId, payload: chunk, names: namedIn(kind, chunk) });
      }
    }
    if (fault) ready.not.push(fault);
    else
      ready.actions.push({
        ...proposal,
        id: newId("act", ctx.now()),
        touches: strongest(touched),
        hash: hashOf(proposal.subject, prepared),
        // What is about no customer, or was promised to them, is in neither group, and nobody is left out of it.
        withheld: proposal.customerId !== undefined && !proposal.owed && drawOf(policy, proposal) < policy.holdout,
        salt: policy.salt,
        steps: prepared,
      });
  }
  return ready;
}

/** Whom a step of a batch names. */
const namedIn = ({ batch }: ActionKind, payload: unknown): string[] =>
  batch === undefined ? [] : ((payload as Record<string, { customerId: string }[]>)[batch]?.map(({ customerId }) => customerId) ?? []);

/** SHA-256 (hex) of what is approved: whom it is about, and each step's kind, account and payload, in their order. */
export const hashOf = (subject: string, steps: readonly Pick<PreparedStep, "kind" | "accountId" | "payload">[]): string =>
  encodeHexLowerCase(
    sha256(new TextEncoder().encode(canonical([subject, steps.map(({ kind, accountId, payload }) => [kind, accountId, payload])]))),
  );

/**
 * 0 to 99: whose draw is below the holdout belongs to the control group. Of the customer where it is about one, so that all that an automation
 * proposes of a customer, whatever their order or product, comes to the same. HMAC-SHA-256 over automation and subject with the salt as its key: it is the
 * client's and the automation's own, and lives from one beginning of the automation to the next.
 */
export function drawOf(
  { automation, salt }: { automation: string; salt: string },
  { subject, customerId }: Pick<Proposal, "subject" | "customerId">,
): number {
  const whom = customerId === undefined ? subject : `customer:${customerId}`;
  const text = (value: string) => new TextEncoder().encode(value);
  const bytes = hmac(SHA256, text(salt), text(canonical([automation, whom])));
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) % 100;
}

const byStrength: readonly Touch[] = ["customer", "money", "catalog", "internal"];

/** Of a chain, what counts against the tightest budgets. */
const strongest = (touched: readonly Touch[]): Touch => byStrength.find((each) => touched.includes(each)) ?? "internal";
