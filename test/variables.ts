import { sandboxVariables } from "#sandbox/endpoints.ts";

export const testOrigin = "http://atrium.test";
/** Where tests find the sandbox: every request of the Worker goes there, whatever its host. */
export const sandboxOrigin = "http://sandbox.test";

/** The configuration that tests run with; its keys protect nothing. */
export const testVariables = {
  APP_ORIGIN: testOrigin,
  ENVIRONMENT: "test",
  VAULT_KEYS: `t2:${btoa("second-root-key-of-the-tests-32b")},t1:${btoa("first-root-key-of-the-tests--32b")}`,
  SIGNING_KEY: btoa("signing-key-of-the-tests-32bytes"),
  SIGN_UP: "by_approval",
  MAIL_TRANSPORT: "log",
  MAIL_FROM: "Atrium <portal@atrium.test>",
  ...sandboxVariables(sandboxOrigin),
};
