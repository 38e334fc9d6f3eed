import { describe, expect, test } from "vitest";
import { hubspot } from "#server/catalog/providers/hubspot.ts";
import { basicCredentials, clientCredentials, readStandardGrant } from "#server/catalog/providers/replies.ts";
import { shopify } from "#server/catalog/providers/shopify.ts";

describe("HTTP Basic", () => {
  const decoded = (header: string) =>
    new TextDecoder().decode(Uint8Array.from(atob(header.replace(/^Basic /, "")), (char) => char.charCodeAt(0)));

  test("of an OAuth client form-encodes both parts, so that a colon or a percent sign is none of the header's", () => {
    expect(decoded(clientCredentials("id:1 a", "s%3A/+ü"))).toBe("id%3A1+a:s%253A%2F%2B%C3%BC");
    expect(decoded(clientCredentials("plain-id.apps", "Secret_1"))).toBe("plain-id.apps:Secret_1");
  });

  test("of a user and a password leaves them as they are", () => {
    expect(decoded(basicCredentials("AC1", "p%ü"))).toBe("AC1:p%ü");
  });
});

describe("a token reply", () => {
  const tokens = { access_token: "a", refresh_token: "r" };
  const read = (more: Record<string, unknown>) => readStandardGrant({ ...tokens, ...more }, " ");

  test.each([0, -1, "", "soon", null, {}])("whose lifetime is %j says nothing of its end, and its tokens count", (odd) => {
    expect(read({ expires_in: odd, refresh_token_expires_in: odd })).toMatchObject({
      accessToken: "a",
      refreshToken: "r",
      expiresInS: undefined,
      refreshExpiresInS: undefined,
    });
  });

  test("may say its lifetime as text, and its scopes as a list", () => {
    expect(read({ expires_in: "3600", scope: ["one", "two"] })).toMatchObject({ expiresInS: 3600, scopes: ["one", "two"] });
    expect(read({ scope: "one two" }).scopes).toEqual(["one", "two"]);
    for (const nothing of [undefined, null]) expect(read({ scope: nothing }).scopes).toBeUndefined();
  });

  test("whose scopes cannot be read names those that can, and none is not taken for all", () => {
    expect(read({ scope: ["one", 7] }).scopes).toEqual(["one"]);
    for (const odd of [7, {}, [7]]) expect(read({ scope: odd }).scopes).toEqual([]);
    expect(hubspot.oauth.readGrant({ ...tokens, scopes: "one two" }).scopes).toEqual(["one", "two"]);
    expect(hubspot.oauth.readGrant({ ...tokens, scope: "one two" }).scopes).toEqual(["one", "two"]);
    expect(hubspot.oauth.readGrant({ ...tokens, scopes: [], scope: "one" }).scopes).toEqual([]);
    expect(hubspot.oauth.readGrant(tokens).scopes).toBeUndefined();
  });

  test("of Shopify whose end cannot be read has one; one that says nothing of an end has none", () => {
    expect(shopify.oauth.readGrant({ access_token: "a" }).expiresInS).toBeNull();
    for (const odd of [{ expires_in: "soon" }, { refresh_token: 7 }])
      expect(shopify.oauth.readGrant({ access_token: "a", ...odd }).expiresInS).toBeUndefined();
  });

  test("with an empty refresh token has none, so that the old one stays; without an access token it is no grant", () => {
    expect(read({ refresh_token: "" }).refreshToken).toBeUndefined();
    for (const odd of [undefined, "", 7]) expect(() => read({ access_token: odd })).toThrow();
  });
});
