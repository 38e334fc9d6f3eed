import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { ZodError, type z } from "zod";
import { DomainError, type ErrorKind, statusOf } from "#server/errors.ts";

/** What goes out of an error: its kind, plain words, and the field that is at fault where there is one. */
export interface OutwardError {
  kind: ErrorKind;
  message: string;
  field: string | null;
  /** All the fields at fault, each with its message. */
  issues: { field: string; message: string }[];
  retryAfterS: number | null;
}

/** The one description of an error for tRPC, REST and forms alike. Nothing of an unknown error goes out. */
export function describeError(error: unknown): OutwardError {
  const cause: unknown = error instanceof TRPCError ? (error.cause ?? error) : error;
  if (cause instanceof ZodError) return describeIssues(cause.issues.flatMap(fieldsOf));
  if (cause instanceof DomainError) {
    const field = cause.field ?? null;
    return {
      kind: cause.kind,
      message: cause.message,
      field,
      issues: field ? [{ field, message: cause.message }] : [],
      retryAfterS: cause.retryAfterS ?? null,
    };
  }
  const [kind, message] = wordsOf(error);
  return { kind, message, field: null, issues: [], retryAfterS: null };
}

/** HTTP status of an error: of its kind, but for what only HTTP knows (a wrong method, a body too long). */
export const httpStatusOf = (error: unknown): number =>
  (error instanceof TRPCError && error.cause === undefined && transportStatus[error.code]) || statusOf[describeError(error).kind];

const transportStatus: Partial<Record<TRPCError["code"], number>> = {
  METHOD_NOT_SUPPORTED: 405,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
};

function wordsOf(error: unknown): [ErrorKind, string] {
  switch (error instanceof TRPCError ? error.code : null) {
    case "NOT_FOUND":
      return ["not_found", "There is nothing at this address."];
    case "BAD_REQUEST":
    case "PARSE_ERROR":
      return ["invalid", "The request could not be read."];
    case "METHOD_NOT_SUPPORTED":
      return ["invalid", "This address does not answer to that method."];
    case "UNSUPPORTED_MEDIA_TYPE":
      return ["invalid", "Send the body as JSON, with the content type application/json."];
    case "PAYLOAD_TOO_LARGE":
      return ["invalid", "The body is too long."];
    default:
      return ["internal", "Something went wrong on our side."];
  }
}

function describeIssues(issues: { field: string; message: string }[]): OutwardError {
  const [first] = issues;
  return {
    kind: "invalid",
    field: first?.field || null,
    issues,
    message: first ? [first.field, first.message].filter(Boolean).join(": ") : "The input is not valid.",
    retryAfterS: null,
  };
}

/** A key that nobody asked for is at fault itself, not the object that holds it. */
function fieldsOf(issue: z.core.$ZodIssue): { field: string; message: string }[] {
  const named = (...more: PropertyKey[]) => [...issue.path, ...more].map(String).join(".");
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => ({ field: named(key), message: "There is no such field." }));
  return [{ field: named(), message: issue.message }];
}

const codes: Record<ErrorKind, TRPCError["code"]> = {
  unauthenticated: "UNAUTHORIZED",
  forbidden: "FORBIDDEN",
  not_found: "NOT_FOUND",
  invalid: "BAD_REQUEST",
  conflict: "CONFLICT",
  rate_limited: "TOO_MANY_REQUESTS",
  unavailable: "SERVICE_UNAVAILABLE",
  vault_closed: "SERVICE_UNAVAILABLE",
  internal: "INTERNAL_SERVER_ERROR",
};

/** An error as tRPC knows it: a domain error gets the code of its kind, what nobody expected is internal. */
export function trpcErrorOf(error: unknown): TRPCError {
  if (error instanceof TRPCError) return error;
  const code = error instanceof DomainError ? codes[error.kind] : "INTERNAL_SERVER_ERROR";
  return new TRPCError({ code, message: describeError(error).message, cause: error });
}

/** What tRPC's clients read of an error, from whichever door it comes. Nothing of tRPC's own shape: it would carry a stack. */
export function trpcShape(error: TRPCError, { path, requestId }: { path: string | undefined; requestId: string | null }) {
  const described = { ...describeError(error), requestId };
  return {
    code: TRPC_ERROR_CODES_BY_KEY[error.code],
    message: described.message,
    data: { code: error.code, httpStatus: getHTTPStatusCodeFromError(error), path, ...described },
  };
}
