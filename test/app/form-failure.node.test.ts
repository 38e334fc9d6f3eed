import type { ActionFunctionArgs, AppLoadContext } from "@remix-run/cloudflare";
import { TRPCError } from "@trpc/server";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { formFailure } from "#app/form-errors.ts";
import { connectByKey } from "#app/key-form.ts";
import { inputName } from "#app/key-input.ts";
import type { Atrium } from "#app/load-context.ts";
import { conflict, domainError, forbidden, invalid, notFound, rateLimited, unauthenticated } from "#server/errors.ts";
import { describeError } from "#server/trpc/errors.ts";

const request = new Request("https://atrium.example/t/acme/settings?tab=1", { method: "POST" });
const failureOf = (error: unknown, locale: Atrium["locale"] = "en", form = new FormData()) =>
  formFailure(error, { request, context: { describe: describeError, locale } as AppLoadContext }, form);
const procedure = (cause: Error) => new TRPCError({ code: "BAD_REQUEST", cause });
const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

describe("why a form was not done", () => {
  test("an ended session leads to the sign-in, and back to the page of the form", () => {
    const response = thrownBy(() => failureOf(procedure(unauthenticated())));
    expect(response).toBeInstanceOf(Response);
    expect((response as Response).headers.get("location")).toBe(`/sign-in?to=${encodeURIComponent("/t/acme/settings?tab=1")}`);
  });

  test("what is not there, and what nobody expected, is thrown on", () => {
    const missing = procedure(notFound("member"));
    const defect = new TypeError("a bug");
    expect(thrownBy(() => failureOf(missing))).toBe(missing);
    expect(thrownBy(() => failureOf(defect))).toBe(defect);
  });

  test("a field at fault has its message, the form has none", () => {
    const { data, init } = failureOf(procedure(invalid("email", "not_an_email")));
    expect(data.fields).toEqual({ email: "Enter a valid email address." });
    expect(data.message).toBeNull();
    expect(init?.status).toBe(422);
  });

  test("all the fields that a schema refuses are named", () => {
    const { error } = z.object({ name: z.string().min(1, "name_missing"), zone: z.enum(["UTC"]) }).safeParse({ name: "", zone: "x" });
    expect(failureOf(procedure(error as Error)).data.fields).toEqual({ name: "Enter a name.", zone: "Choose one of: UTC." });
  });

  test("a French reader is told in French why, with what is named", () => {
    expect(failureOf(procedure(invalid("email", "not_an_email")), "fr").data.fields.email).toBe("Saisissez une adresse e-mail valide.");
    expect(failureOf(procedure(conflict("client_suspended")), "fr").data.message).toBe("Ce client est en pause.");
    const full = conflict("team_full", { members: 5 }, { field: "email" });
    expect(failureOf(procedure(full), "fr").data.fields.email).toBe("La formule comprend 5 personnes, invitations incluses.");
  });

  test("a limit says how long to wait", () => {
    const { init } = failureOf(procedure(rateLimited(90)));
    expect(init?.status).toBe(429);
    expect(new Headers(init?.headers).get("retry-after")).toBe("90");
  });

  test("what was typed comes back, and which form it was", () => {
    const form = new FormData();
    form.set("intent", "invite");
    form.set("email", "new@acme.example");
    const { data } = failureOf(procedure(domainError("listing_unavailable", { provider: "Twilio" })), "en", form);
    expect(data).toMatchObject({
      intent: "invite",
      values: { email: "new@acme.example" },
      message: "Twilio isn’t responding. You still see the previous list.",
    });
  });
});

describe("a form with a key in it", () => {
  const form = new FormData();
  form.set("intent", "connect-key");
  form.set("connectionId", "con_1");
  form.set(inputName("auth_token", true), "a-very-secret-token");
  form.set(inputName("account", false), "owner@acme.example");

  /** What the procedure was asked, what the page was told, and what the form gets back. */
  async function sent(procedureOf: (input: unknown) => Promise<unknown>, locale: Atrium["locale"] = "en") {
    const asked: unknown[] = [];
    const toasts: unknown[] = [];
    const connectKey = (input: unknown) => {
      asked.push(input);
      return procedureOf(input);
    };
    const context = {
      describe: describeError,
      locale,
      api: { connections: { connectKey } },
      toast: (toast: unknown) => toasts.push(toast),
    };
    const args = { request, context, params: { tenant: "acme", provider: "twilio" } } as unknown as ActionFunctionArgs; // all that it reads
    return { answer: await connectByKey(args, form), asked, toasts };
  }

  test("is sent by the fields' own names, and says so when the key is kept", async () => {
    const { answer, asked, toasts } = await sent(async () => ({ account: "Acme" }));
    const fields = { auth_token: "a-very-secret-token", account: "owner@acme.example" };
    expect(asked).toEqual([{ tenant: "acme", provider: "twilio", connectionId: "con_1", fields }]);
    expect(toasts).toEqual([{ kind: "success", message: "Key for Acme replaced." }]);
    expect(answer).toBeNull();
  });

  test("comes back without its secrets when it is refused, in the words of the provider's own file", async () => {
    const refuse = () =>
      Promise.reject(procedure(invalid("auth_token", "key_fault", { words: { en: "Closed.", fr: "Compte fermé.", he: "סגור." } })));
    const { answer, toasts } = await sent(refuse, "fr");
    expect(answer?.init?.status).toBe(422);
    expect(answer?.data.fields).toEqual({ auth_token: "Compte fermé." });
    expect(answer?.data.values).toEqual({ intent: "connect-key", connectionId: "con_1", "field.account": "owner@acme.example" });
    expect(JSON.stringify(answer)).not.toContain("a-very-secret-token");
    expect(toasts).toEqual([]);
  });

  test("says in the reader's language what is wrong with no field", async () => {
    const down = await sent(() => Promise.reject(procedure(domainError("key_provider_down", { provider: "Twilio" }))), "fr");
    expect(down.answer?.data.message).toMatch(/^Twilio ne répond pas/);
    const role = await sent(() => Promise.reject(procedure(forbidden())), "fr");
    expect(role.answer?.data.message).toBe("Votre rôle ne le permet pas.");
  });
});
