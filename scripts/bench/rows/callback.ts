import { challengeOf, type sandboxClient } from "#sandbox/client.ts";
import { type Row, ratioAtMost, rowOf } from "#scripts/bench/figures.ts";
import { load, type Target } from "#scripts/bench/load.ts";
import type { Recorder } from "#scripts/bench/record.ts";
import type { RoundTrip, Statement } from "#scripts/bench/recorder-script.ts";
import type { Portal } from "#scripts/bench/seed.ts";

/** A person waits for one at a time, and no other one comes at once behind them. */
const alone = { connections: 1, restMs: 20 };
/** So many accounts are connected in a round, and again in each later one. */
const accounts = 20;
/** Nothing on the loopback takes as long as the nearest provider: this much more, in milliseconds, is taken for each answer. */
const farMs = 20;

interface Consents {
  portal: Portal;
  sandbox: ReturnType<typeof sandboxClient>;
}
export interface CallbackBench extends Consents {
  origin: string;
  floorUrl: string;
  /** People may not begin that many consents; the bench may. */
  forgetLimits(): Promise<void>;
}

/** The way back from a provider (state, exchange, identity, vault, rows) beside all that it asks of D1 and of the provider, asked barely. */
export async function measureCallback(bench: CallbackBench): Promise<Row> {
  return rowOf(
    "oauth-callback",
    "ms",
    await measured(bench, { floor: "/replay/oauth-callback", rounds: 7, slowerMs: 0 }),
    ratioAtMost(1.5),
  );
}

/** The same, from a provider as far away as they are, beside the exchange of a code alone. */
export async function measureFarCallback(bench: CallbackBench): Promise<Row> {
  return rowOf("far-oauth-callback", "ms", await measured(bench, { floor: "/exchange", rounds: 3, slowerMs: farMs }), ratioAtMost(2.5));
}

/** What one callback asks of D1 and of the provider, once its account is connected as those of the rounds are. */
export async function recordCallback({ portal, sandbox }: Consents, { origin, recorder }: { origin: string; recorder: Recorder }) {
  const ways = async () => callbacks({ portal, sandbox, origin }, recorder.fetch);
  let trips: RoundTrip[] = [];
  for (const { url, headers = {} } of [...(await ways()), ...(await ways()).slice(0, 1)])
    trips = await recorder.roundTripsOfOne(url, headers);
  return trips.map(repeatable);
}

/** As it can be sent any number of times: a row that is inserted takes the place of itself, and one that is updated was seen as it is left. */
const repeatable = (trip: RoundTrip): RoundTrip => ("call" in trip ? trip : { ...trip, statements: trip.statements.map(again) });

function again({ sql, values }: Statement): Statement {
  const seen = sql.indexOf('"connections"."version" = ?');
  if (!sql.startsWith('update "connections"') || seen === -1) return { sql: sql.replace(/^insert into/, "insert or replace into"), values };
  const at = sql.slice(0, seen).split("?").length - 1;
  return { sql, values: values.with(at, Number(values[at]) + 1) };
}

async function measured(bench: CallbackBench, { floor: path, rounds, slowerMs: ms }: { floor: string; rounds: number; slowerMs: number }) {
  const { sandbox, floorUrl } = bench;
  const found: { ours: number; floor: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    await bench.forgetLimits();
    const [back, codes] = [await callbacks(bench, fetch), await exchanges(sandbox, `${floorUrl}${path}`)];
    if (ms > 0) {
      await sandbox.control("/control", { faults: ["token", "api"].map((kind) => ({ kind, effect: { type: "slow", ms } })) });
    }
    const ours = await load(back, { ...alone, expect: 303 });
    const floor = await load(codes, { ...alone, expect: 200 });
    if (ms > 0) {
      await sandbox.control("/control", undefined, "DELETE");
      await sandbox.control("/control", { limits: false });
    }
    if (round > 0) found.push({ ours, floor }); // the first one warms both
  }
  return found;
}

/** Consents as a person gives them, outside of the time: what their browser then asks for. */
async function callbacks({ origin, portal, sandbox }: Consents & { origin: string }, ask: typeof fetch): Promise<Target[]> {
  const targets: Target[] = [];
  let cookie = portal.headers.cookie ?? "";
  for (let at = 0; at < accounts; at++) {
    const begun = await ask(`${origin}/api/auth/oauth/klaviyo/authorize?tenant=${portal.tenant}`, {
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

async function exchanges(sandbox: Consents["sandbox"], url: string): Promise<Target[]> {
  const targets: Target[] = [];
  for (let at = 0; at < accounts; at++) {
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
    targets.push({ url, method: "POST", headers: { "content-type": "text/plain" }, body });
  }
  return targets;
}

/** Klaviyo's keys have six characters. */
const accountOf = (at: number) => `B${String(at).padStart(5, "0")}`;
