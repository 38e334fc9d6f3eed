import { json } from "#sandbox/reply.ts";
import { bearerOf, type KeyService, uuidOf } from "./service.ts";

const failure = (statusCode: number, error: string, message: string, status = statusCode) => json({ message, error, statusCode }, status);

/** An organisation that has just been made: nothing in it says whose it is. */
const emptyOrganisation = "Empty Organisation";

/** ../shared/providers.md, 12. */
export const vapi: KeyService = {
  id: "vapi",
  prefix: () => "",
  opens: "key",
  perSecond: 20,
  bearer: bearerOf,
  form: (_account, key) => ({ fields: { private_key: key } }),
  unauthorized: () =>
    failure(401, "Unauthorized", "Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa."),
  rateLimited: () => failure(429, "Too Many Requests", "ThrottlerException: Too Many Requests"),
  serverError: (status) => failure(status, "Internal Server Error", "Internal server error"),
  errorInSuccess: () => failure(500, "Internal Server Error", "Internal server error", 200),
  notFound: () => failure(404, "Not Found", "Cannot GET it"),
  api({ path, request }, account) {
    if (request.method !== "GET" || (path !== "/assistant" && path !== "/phone-number")) return null;
    // One that has a number and no assistant is found by its number.
    const none = account === emptyOrganisation || (path === "/assistant" && account.startsWith("Numbers"));
    if (none) return json([]);
    return json([{ id: uuidOf(`vapi ${path} ${account}`), orgId: uuidOf(`vapi ${account}`), name: `${account} reception` }]);
  },
};
