import { propertiesOf } from "#sandbox/google/properties.ts";
import type { Ctx } from "#server/ctx.ts";
import { connectionId, type Minted, type SeededClient, seedClients } from "./seed-clients.ts";

const scopes = ["https://www.googleapis.com/auth/analytics.readonly"];

/** Clients with one Google account each, connected with tokens that the sandbox minted, so that `ga4-sensor` is due for all of them. */
export async function seedGoogleClients(ctx: Ctx, { count, sandbox }: { count: number; sandbox: string }): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `shop-${index}`);
  const answer = await fetch(`${sandbox}/__sandbox/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(ids.map((id) => ({ provider: "google", account: mailOf(id), scopes }))),
  });
  const minted = (await answer.json()) as Minted[];
  const clients = ids.map((id, index) => clientOf(ctx, id, minted[index]));
  // Of other jobs none shall be in the way.
  await seedClients(ctx, { clients, runs: ({ id }) => id === "ga4-sensor", timezone: "Europe/London" });
  return ids;
}

function clientOf(ctx: Ctx, id: string, minted: Minted | undefined): SeededClient {
  if (!minted) throw new Error("the sandbox minted too few tokens");
  const account = mailOf(id);
  const [property] = propertiesOf(account);
  if (!property) throw new Error("the sandbox gives everybody a property");
  const connection = {
    ...{ id: connectionId(ctx), provider: "google", account, scopes, accessEndsAt: minted.expires_at },
    details: { currency: "GBP", timezone: "Europe/London" },
    chosen: [{ kind: "ga4_property", id: property.id, name: property.displayName }],
    secrets: { access_token: minted.access_token },
  };
  return { id, connections: [connection] };
}

const mailOf = (tenant: string) => `owner@${tenant}.example`;
