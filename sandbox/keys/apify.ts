import { json } from "#sandbox/reply.ts";
import { bearerOf, hexOf, type KeyService } from "./service.ts";

const failure = (status: number, type: string, message: string, headers?: Record<string, string>) =>
  json({ error: { type, message } }, status, headers);

/** No section of providers.md: docs.apify.com/api/v2/users-me-get. Its reply holds a password of the proxy, which is nobody's to keep. */
export const apify: KeyService = {
  id: "apify",
  prefix: () => "apify_api_",
  opens: "key",
  perSecond: 30,
  bearer: bearerOf,
  form: (_account, key) => ({ fields: { api_token: key } }),
  unauthorized: () => failure(401, "user-or-token-not-found", "User was not found or authentication token is not valid"),
  rateLimited: (retryAfter) =>
    failure(429, "rate-limit-exceeded", "You have exceeded the rate limit of 30 requests per second", {
      "retry-after": String(retryAfter),
    }),
  serverError: (status) => failure(status, "internal-server-error", "Unexpected error"),
  errorInSuccess: () => failure(200, "internal-server-error", "Unexpected error"),
  notFound: () => failure(404, "page-not-found", "We have bad news: there is no API endpoint at this URL."),
  api({ path, request }, account) {
    if (request.method !== "GET" || path !== "/users/me") return null;
    const username = account.toLowerCase().replace(/\W+/g, "-");
    const proxy = { password: `proxy-${hexOf(account, 12)}`, groups: [] };
    return json({ data: { id: hexOf(`apify ${account}`, 17), username, profile: { name: account }, email: "owner@example.com", proxy } });
  },
};
