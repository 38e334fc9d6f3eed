import { expect, test } from "vitest";
import { attemptOf } from "#server/catalog/actions/action.ts";

const attemptAfter = (kind: "unavailable" | "rate_limited" | "revoked" | "misconfigured") =>
  attemptOf({ outcome: "not_sent", failure: { kind, message: "no token", retryAfterS: 20 } }, () => ({ id: null }));

test("an action that never left us for want of a token just now waits; one that has no access any more has failed", () => {
  for (const kind of ["unavailable", "rate_limited"] as const) expect(attemptAfter(kind)).toEqual({ did: "limited", retryAfterS: 20 });
  for (const kind of ["revoked", "misconfigured"] as const) expect(attemptAfter(kind)).toMatchObject({ did: "failed", failure: { kind } });
});
