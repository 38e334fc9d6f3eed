import { hmac } from "@oslojs/crypto/hmac";
import { SHA256 } from "@oslojs/crypto/sha2";
import { encodeBase64urlNoPadding } from "@oslojs/encoding";
import { sandboxClients } from "#sandbox/endpoints.ts";
import { hashOf } from "#sandbox/seed.ts";

export interface Person {
  sub: string;
  name: string;
  email: string;
  email_verified: boolean;
  picture: string;
}

/** Who is behind a Google account; the account's id in the sandbox is its e-mail address. */
export function personOf(email: string): Person {
  return {
    sub: `1${String(hashOf(`sub ${email}`)).padStart(10, "0")}${String(hashOf(`bus ${email}`)).padStart(10, "0")}`,
    name: email,
    email,
    email_verified: true,
    picture: "https://lh3.googleusercontent.com/a/sandbox",
  };
}

const encode = (value: unknown) => encodeBase64urlNoPadding(new TextEncoder().encode(JSON.stringify(value)));

/** An id token. Signed with the client secret (HS256) where Google signs with RS256: it comes over the token endpoint's own channel. */
export function idToken(email: string, nonce: string | null, now: number): string {
  const issuedAt = Math.floor(now / 1000);
  const { clientId, clientSecret } = sandboxClients.google;
  const content = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({
    ...personOf(email),
    iss: "https://accounts.google.com",
    aud: clientId,
    azp: clientId,
    iat: issuedAt,
    exp: issuedAt + 3599,
    ...(nonce !== null && { nonce }),
  })}`;
  const bytes = (text: string) => new TextEncoder().encode(text);
  return `${content}.${encodeBase64urlNoPadding(hmac(SHA256, bytes(clientSecret), bytes(content)))}`;
}
