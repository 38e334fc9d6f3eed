import { expect, test } from "vitest";
import { type Env, readConfig } from "#server/env.ts";
import { testVariables } from "./variables.ts";

const { PROVIDER_ENDPOINTS, ...rest } = testVariables;
const production = {
  ...rest,
  ENVIRONMENT: "production",
  APP_ORIGIN: "https://portal.example.com",
  MAIL_TRANSPORT: "resend",
  RESEND_API_KEY: "re_key",
};
const read = (variables: Record<string, unknown>) => readConfig(variables as unknown as Env);

test.each([
  ["providers that are pointed elsewhere", { PROVIDER_ENDPOINTS }, "PROVIDER_ENDPOINTS: not accepted in production"],
  ["mail that is only printed", { MAIL_TRANSPORT: "log" }, "MAIL_TRANSPORT: `log` is not accepted in production"],
  ["an address without TLS", { APP_ORIGIN: "http://portal.example.com" }, "APP_ORIGIN: must be https in production"],
])("production does not start with %s, whether it is named or merely not denied", (_what, more, fault) => {
  expect(() => read({ ...production, ...more })).toThrow(fault);
  expect(() => read({ ...production, ENVIRONMENT: undefined, ...more })).toThrow(fault);
});

test("production starts with what it needs, and elsewhere providers may be pointed at a stand-in", () => {
  expect(read(production).ENVIRONMENT).toBe("production");
  expect(read(testVariables).PROVIDER_ENDPOINTS).toHaveProperty("shopify");
});

test.each([
  ["VAULT_KEYS", `k1:${btoa("too short")}`],
  ["VAULT_KEYS", `${testVariables.VAULT_KEYS},${testVariables.VAULT_KEYS}`],
  ["SIGNING_KEY", "not-base64-of-32-bytes"],
])("a %s that cannot be right is refused by its name, and its value is not repeated", (name, value) => {
  const refused = () => read({ ...testVariables, [name]: value });
  expect(refused).toThrow(name);
  expect(refused).not.toThrow(value);
});

test.each(["development", "test"])("settings of development are refused at a public origin, though ENVIRONMENT says %s", (ENVIRONMENT) => {
  const settings = { ...testVariables, ENVIRONMENT };
  for (const APP_ORIGIN of [
    "https://portal.example.com",
    "https://localhost.example.com",
    "http://127.0.0.1.nip.io",
    "http://10.0.0.7:8787",
  ]) {
    const refused = () => read({ ...settings, APP_ORIGIN });
    expect(refused, APP_ORIGIN).toThrow("PROVIDER_ENDPOINTS: not accepted where APP_ORIGIN is public");
    expect(refused, APP_ORIGIN).toThrow("MAIL_TRANSPORT: `log` is not accepted where APP_ORIGIN is public");
  }
  for (const APP_ORIGIN of ["http://localhost:5173", "http://127.0.0.1:8787", "http://[::1]:8787", "http://portal.localhost"]) {
    expect(read({ ...settings, APP_ORIGIN }).MAIL_TRANSPORT, APP_ORIGIN).toBe("log");
  }
});
