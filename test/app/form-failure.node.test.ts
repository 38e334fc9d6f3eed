import type { AppLoadContext } from "@remix-run/cloudflare";
import { TRPCError } from "@trpc/server";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { formFailure } from "#app/form-errors.ts";
import type { Atrium } from "#app/load-context.ts";
import { conflict, DomainError, invalid, notFound, rateLimited, unauthenticated } from "#server/errors.ts";
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
    const { data, init } = failureOf(procedure(invalid("email", "This is no address.")));
    expect(data.fields).toEqual({ email: "This is no address." });
    expect(data.message).toBeNull();
    expect(init?.status).toBe(422);
  });

  test("all the fields that a schema refuses are named", () => {
    const { error } = z.object({ name: z.string().min(1, "A name."), zone: z.enum(["UTC"], "A zone.") }).safeParse({ name: "", zone: "x" });
    expect(failureOf(procedure(error as Error)).data.fields).toEqual({ name: "A name.", zone: "A zone." });
  });

  test("in French a field and a kind have French words, even a field that nobody thought of", () => {
    expect(failureOf(procedure(invalid("email", "This is no address.")), "fr").data.fields.email).toMatch(/adresse e-mail/);
    expect(failureOf(procedure(invalid("colour", "No.")), "fr").data.fields.colour).toBe("Vérifiez ce champ.");
    expect(failureOf(procedure(conflict("Taken.")), "fr").data.message).toMatch(/impossible/);
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
    const { data } = failureOf(procedure(new DomainError("unavailable", "Not now.")), "en", form);
    expect(data).toMatchObject({ intent: "invite", values: { email: "new@acme.example" }, message: "Not now." });
  });
});
