import type { TRPCError } from "@trpc/server";
import { ZodError } from "zod";
import { DomainError, type ErrorKind } from "#server/errors.ts";

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
export function describeError(error: TRPCError): OutwardError {
  const cause: unknown = error.cause;
  const plain = { field: null, issues: [], retryAfterS: null };
  if (cause instanceof ZodError) {
    const issues = cause.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message }));
    const first = issues[0];
    return {
      ...plain,
      kind: "invalid",
      field: first?.field ?? null,
      issues,
      message: first ? `${first.field}: ${first.message}` : "The input is not valid.",
    };
  }
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
  switch (error.code) {
    case "NOT_FOUND":
      return { ...plain, kind: "not_found", message: "There is nothing at this address." };
    case "BAD_REQUEST":
    case "PARSE_ERROR":
      return { ...plain, kind: "invalid", message: "The request could not be read." };
    case "METHOD_NOT_SUPPORTED":
    case "UNSUPPORTED_MEDIA_TYPE":
      return { ...plain, kind: "invalid", message: "This is not how this address is asked." };
    default:
      return { ...plain, kind: "internal", message: "Something went wrong on our side." };
  }
}
