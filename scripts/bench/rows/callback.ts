import { challengeOf, type sandboxClient } from "#sandbox/client.ts";
import { type Row, ratioAtMost, rowOf } from "#scripts/bench/figures.ts";
import { load, type Target } from "#scripts/bench/load.ts";
import type { Portal } from "#scripts/bench/seed.ts";

/** A person waits for one at a time. */
const connections = 1;

export interface CallbackBench {
  origin: string;
  portal: Portal;
  floorUrl: string;
  sandbox: ReturnType<typeof sandboxClient>;
  rounds: number;
  requests: number;
  /** How much longer than the sandbox needs the provider takes for each answer, on both sides. */
  providerMs?: number;
  /** People may not begin that many consents; the bench may. */
  forgetLimits(): Promise<void>;
}

/**
 * The way back from a provider (state, exchange, identity, vault, rows) beside the bare exchange of a code. Consents are
 * given beforehand, outside of the time.
 */
export async function measureCallback(bench: CallbackBench): Promise<Row> {
  const { providerMs: ms = 0 } = bench;
  const measured: { ours: number; floor: number }[] = [];
  for (let round = 0; round <= bench.rounds; round++) {
    await bench.forgetLimits();
    const [back, codes] = [await callbacks(bench), await exchanges(bench)];
    if (ms > 0) {
      await bench.sandbox.control("/control", { faults: ["token", "api"].map((kind) => ({ kind, effect: { type: "slow", ms } })) });
    }
    const ours = await load(back, { connections, expect: 303 });
    const floor = await load(codes, { connections, expect: 200 });
    if (ms > 0) {
      await bench.sandbox.control("/control", undefined, "DELETE");
      await bench.sandbox.control("/control", { limits: false });
    }
    if (round > 0) measured.push({ ours, floor }); // the first one warms both
  }
  return rowOf("oauth-callback", "ms", measured, ratioAtMost(3));
}

async function callbacks({ origin, portal, sandbox, requests }: CallbackBench): Promise<Target[]> {
  const targets: Target[] = [];
  let cookie = portal.headers.cookie ?? "";
  for (let at = 0; at < requests; at++) {
    const begun = await fetch(`${origin}/api/auth/oauth/klaviyo/authorize?tenant=${portal.tenant}`, {
      headers: { cookie },
      redirect: "manual",
    });
    const consent = new URL(begun.headers.get("location") ?? "", origin);
    const mark = begun.headers
      .getSetCookie()
      .find((line) => line.includes("oauth"))
      ?.split(";")[0];
    if (mark && !cookie.includes(mark)) cookie = `${portal.headers.cookie}; ${mark}`;
    const back = await sandbox.decide(consent, { decision: "allow", other: accountOf(at) });
    targets.push({ url: `${origin}${back.pathname}${back.search}`, headers: { cookie } });
  }
  return targets;
}

async function exchanges({ floorUrl, sandbox, requests }: CallbackBench): Promise<Target[]> {
  const targets: Target[] = [];
  for (let at = 0; at < requests; at++) {
    const verifier = "v".repeat(43) + at;
    const consent = sandbox.authorizeUrl("klaviyo", {
      scope: "accounts:read",
      code_challenge: challengeOf(verifier),
      code_challenge_method: "S256",
    });
    const code = (await sandbox.decide(consent, { decision: "allow", other: accountOf(at) })).searchParams.get("code") ?? "";
    const body = new URLSearchParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: sandbox.redirectUri("klaviyo"),
      code_verifier: verifier,
    }).toString();
    targets.push({ url: `${floorUrl}/exchange`, method: "POST", headers: { "content-type": "text/plain" }, body });
  }
  return targets;
}

/** Klaviyo's keys have six characters. */
const accountOf = (at: number) => `B${String(at).padStart(5, "0")}`;
