import { hmac } from "@oslojs/crypto/hmac";
import { SHA256 } from "@oslojs/crypto/sha2";
import { encodeHexLowerCase } from "@oslojs/encoding";
import { json } from "#sandbox/reply.ts";
import { bearerOf, digitsOf, hexOf, type KeyService } from "./service.ts";

const failure = (status: number, code: number, message: string, more: object = {}) =>
  json({ error: { message, type: "OAuthException", code, ...more, fbtrace_id: "AsbxTraceOfTheSandbox" } }, status);

const wabaOf = (account: string) => digitsOf(`waba ${account}`, 15);
const numberIdOf = (account: string) => digitsOf(`number ${account}`, 15);
const appSecretOf = (account: string) => `sbx${hexOf(`app secret ${account}`)}`;
const bytes = (text: string) => new TextEncoder().encode(text);

/** ../shared/providers.md, 6 (WhatsApp). A proof that is sent must be right. */
export const whatsapp: KeyService = {
  id: "whatsapp",
  prefix: () => "EAA",
  opens: "key",
  perSecond: 20,
  bearer: bearerOf,
  form(account, key) {
    const app_secret = appSecretOf(account);
    const fields = { access_token: key, phone_number_id: numberIdOf(account), waba_id: wabaOf(account), app_secret };
    return { fields, secrets: [app_secret] };
  },
  unauthorized: () => failure(401, 190, "Error validating access token: the session has been invalidated.", { error_subcode: 460 }),
  rateLimited: () => failure(400, 4, "(#4) Application request limit reached"),
  serverError: (status) => failure(status, 2, "Service temporarily unavailable"),
  errorInSuccess: () => failure(200, 1, "An unknown error occurred"),
  notFound: () =>
    failure(400, 100, "Unsupported get request. Object does not exist, or cannot be loaded due to missing permissions.", {
      error_subcode: 33,
    }),
  api({ path, request, url }, account, token) {
    if (request.method !== "GET") return null;
    const proof = url.searchParams.get("appsecret_proof");
    const right = encodeHexLowerCase(hmac(SHA256, bytes(appSecretOf(account)), bytes(token)));
    if (proof !== null && proof !== right) return failure(400, 100, "Invalid appsecret_proof provided in the API argument");
    const number = { id: numberIdOf(account), display_phone_number: `+1 555-${digitsOf(account, 7)}`, verified_name: account };
    if (path === `/${wabaOf(account)}/phone_numbers`) return json({ data: [number], paging: { cursors: { before: "a", after: "b" } } });
    if (path === `/${wabaOf(account)}`) return json({ id: wabaOf(account), name: account, currency: "USD", timezone_id: "1" });
    return path === `/${numberIdOf(account)}` ? json(number) : null;
  },
};
