import { json } from "#sandbox/reply.ts";
import { digitsOf, hexOf, type KeyService } from "./service.ts";

const failure = (status: number, code: number, message: string, as = status) =>
  json({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }, as);

const sidOf = (account: string) => `AC${hexOf(`twilio ${account}`, 32)}`;
const numberOf = (account: string) => `+1555${digitsOf(`twilio ${account}`, 7)}`;

/** ../shared/providers.md, 11. Basic: the account's SID and its token. */
export const twilio: KeyService = {
  id: "twilio",
  prefix: () => "",
  opens: "key",
  perSecond: 20,
  bearer(request) {
    const basic = /^Basic (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    return basic === undefined ? null : (atob(basic).split(":")[1] ?? null);
  },
  form: (account, key) => ({ fields: { account_sid: sidOf(account), auth_token: key, phone_number: numberOf(account) } }),
  unauthorized: () => failure(401, 20003, "Authenticate"),
  rateLimited: () => failure(429, 20429, "Too Many Requests"),
  serverError: (status) => failure(status, 20500, "An internal server error has occurred"),
  errorInSuccess: () => failure(500, 20500, "An internal server error has occurred", 200),
  notFound: () => failure(404, 20404, "The requested resource was not found"),
  api({ path, request, url }, account, token) {
    const sid = sidOf(account);
    const [user] = atob((request.headers.get("authorization") ?? "").slice(6)).split(":");
    if (user !== sid || !path.startsWith(`/Accounts/${sid}`)) return twilio.unauthorized();
    if (path === `/Accounts/${sid}.json`) {
      // It does hand out the token: whoever reads this must not keep it.
      return json({
        sid,
        friendly_name: account,
        status: account.startsWith("Suspended") ? "suspended" : "active",
        type: "Full",
        auth_token: token,
      });
    }
    if (path !== `/Accounts/${sid}/IncomingPhoneNumbers.json`) return null;
    const wanted = url.searchParams.get("PhoneNumber");
    const own = {
      sid: `PN${hexOf(account, 32)}`,
      account_sid: sid,
      friendly_name: account,
      phone_number: numberOf(account),
      status: "in-use",
    };
    const found = wanted === null || own.phone_number.includes(wanted) ? [own] : [];
    return json({ incoming_phone_numbers: found, page: 0, page_size: 50, next_page_uri: null, uri: path });
  },
};
