import { json } from "#sandbox/reply.ts";
import { answerBigbuy } from "#sandbox/suppliers/bigbuy.ts";
import { bearerOf, type KeyService } from "./service.ts";

const failure = (status: number, code: number, message: string) => json({ code, message }, status);

/** No section of providers.md: as public clients of api.bigbuy.eu meet it (Bixoto/PyBigBuy). A limit is told in bare text. */
export const bigbuy: KeyService = {
  id: "bigbuy",
  prefix: () => "",
  opens: "key",
  perSecond: 20,
  bearer: bearerOf,
  form: (account, key) => ({ fields: { api_key: key, account: `${account.toLowerCase().replace(/\W+/g, ".")}@example.com` } }),
  unauthorized: () => failure(401, 401, "Invalid credentials"),
  rateLimited: (retryAfter) =>
    new Response("You exceeded the rate limit", {
      status: 429,
      headers: { "content-type": "text/html", "x-ratelimit-reset": String(Math.ceil(Date.now() / 1000) + Math.ceil(retryAfter)) },
    }),
  serverError: (status) => new Response("Internal Server Error", { status }),
  // Seen on the wire: an error's page, headers and all, as the body of a success.
  errorInSuccess: () =>
    new Response(
      'HTTP/1.0 500 Internal Server Error\r\nContent-Type: application/json\r\n\r\n{"error":"Information is not available right now."}',
    ),
  notFound: () => failure(404, 404, "Not Found"),
  api: (call, account, _token, state) => answerBigbuy(state, call, account),
};
