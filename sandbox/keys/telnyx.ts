import { json } from "#sandbox/reply.ts";
import { bearerOf, type KeyService, uuidOf } from "./service.ts";

const failure = (status: number, code: string, title: string, detail: string, headers?: Record<string, string>) =>
  json({ errors: [{ code, title, detail, meta: { url: `https://developers.telnyx.com/docs/overview/errors/${code}` } }] }, status, headers);

/** ../shared/providers.md, 14; error bodies as on developers.telnyx.com. */
export const telnyx: KeyService = {
  id: "telnyx",
  prefix: () => "KEY",
  opens: "key",
  perSecond: 20,
  bearer: bearerOf,
  form: (_account, key) => ({ fields: { api_key: key } }),
  unauthorized: () =>
    failure(
      401,
      "10009",
      "Authentication failed",
      "The required authentication headers were either invalid or not included in the request.",
    ),
  rateLimited: (retryAfter) =>
    failure(429, "10011", "Too many requests", "You have exceeded the maximum number of allowed requests.", {
      "retry-after": String(retryAfter),
    }),
  serverError: (status) => failure(status, "10007", "Unexpected error", "An unexpected error occured."),
  errorInSuccess: () => failure(200, "10007", "Unexpected error", "An unexpected error occured."),
  notFound: () => failure(404, "10005", "Resource not found", "The requested resource or URL could not be found."),
  api({ path, request }, account) {
    if (request.method !== "GET") return null;
    if (path === "/whoami") {
      const email = `${account.toLowerCase().replace(/\W+/g, ".")}@example.com`;
      return json({
        data: {
          user_id: uuidOf(`telnyx user ${account}`),
          organization_id: uuidOf(`telnyx ${account}`),
          organization_name: account,
          email,
        },
      });
    }
    if (path === "/balance")
      return json({ data: { record_type: "balance", balance: "300.00", currency: "USD", available_credit: "400.00" } });
    return null;
  },
};
