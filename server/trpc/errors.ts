import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { ZodError, type z } from "zod";
import { type Coded, codeOfIssue, DomainError, type ErrorCode, type ErrorKind, errorCodes, lineOf, statusOf } from "#server/errors.ts";

/** A field that is at fault, and why. */
export interface Issue extends Coded {
  field: string;
}

/** What goes out of an error: its kind, its code with what is named in its sentence, and the field that is at fault where there is one. */
export interface OutwardError extends Coded {
  kind: ErrorKind;
  field: string | null;
  /** All the fields at fault. */
  issues: Issue[];
  retryAfterS: number | null;
}

/** The one description of an error for tRPC, REST and forms alike. Nothing of an unknown error goes out. */
export function describeError(error: unknown): OutwardError {
  const cause: unknown = error instanceof TRPCError ? (error.cause ?? error) : error;
  if (cause instanceof ZodError) return describeIssues(cause.issues.flatMap(fieldsOf));
  if (cause instanceof DomainError) {
    const { kind, code, params, field, retryAfterS } = cause;
    return { kind, code, params, field: field ?? null, issues: field ? [{ field, code, params }] : [], retryAfterS: retryAfterS ?? null };
  }
  const code = codeOf(error);
  return { kind: errorCodes[code][0], code, params: {}, field: null, issues: [], retryAfterS: null };
}

/** HTTP status of an error: of its kind, but for what only HTTP knows (a wrong method, a body too long). */
export const httpStatusOf = (error: unknown): number =>
  (error instanceof TRPCError && error.cause === undefined && transportStatus[error.code]) || statusOf[describeError(error).kind];

const transportStatus: Partial<Record<TRPCError["code"], number>> = {
  METHOD_NOT_SUPPORTED: 405,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
};

function codeOf(error: unknown): ErrorCode {
  switch (error instanceof TRPCError ? error.code : null) {
    case "NOT_FOUND":
      return "address_not_found";
    case "BAD_REQUEST":
    case "PARSE_ERROR":
      return "request_unreadable";
    case "METHOD_NOT_SUPPORTED":
      return "method_not_allowed";
    case "UNSUPPORTED_MEDIA_TYPE":
      return "not_sent_as_json";
    case "PAYLOAD_TOO_LARGE":
      return "body_too_long";
    default:
      return "internal";
  }
}

const describeIssues = (issues: Issue[]): OutwardError => ({
  kind: "invalid",
  code: "input_invalid",
  params: {},
  field: issues[0]?.field || null,
  issues,
  retryAfterS: null,
});

/** A key that nobody asked for is at fault itself, not the object that holds it. */
function fieldsOf(issue: z.core.$ZodIssue): Issue[] {
  const named = (...more: PropertyKey[]) => [...issue.path, ...more].map(String).join(".");
  const coded = codeOfIssue(issue);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => ({ field: named(key), ...coded }));
  return [{ field: named(), ...coded }];
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
  return new TRPCError({ code, message: lineOf(describeError(error)), cause: error });
}

/** An error as it is told to a program: beside its codes a message in English, for whoever reads the program's log. */
export interface Told extends OutwardError {
  message: string;
  issues: (Issue & { message: string })[];
}

/** Says an error in English: the words are the app's, and come with the door that an error leaves by. */
export type Tell = (error: OutwardError) => Told;

/** For what fails before there is a door: codes are all that is said. */
const tellInCodes: Tell = (error) => ({
  ...error,
  message: lineOf(error),
  issues: error.issues.map((issue) => ({ ...issue, message: lineOf(issue) })),
});

/**
 * What tRPC's clients read of an error, from whichever door it comes. Nothing of tRPC's own shape: it would carry a stack. `data.code` is
 * tRPC's, so that ours is `data.errorCode` here.
 */
export function trpcShape(
  error: TRPCError,
  { path, requestId, tell = tellInCodes }: { path: string | undefined; requestId: string | null; tell?: Tell | undefined },
) {
  const { code: errorCode, ...told } = tell(describeError(error));
  return {
    code: TRPC_ERROR_CODES_BY_KEY[error.code],
    message: told.message,
    data: { code: error.code, httpStatus: getHTTPStatusCodeFromError(error), path, ...told, errorCode, requestId },
  };
}
