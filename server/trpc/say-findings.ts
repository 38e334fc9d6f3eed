import type { z } from "zod";
import type { Finding as Found } from "#server/domain/clients/validate-client.ts";
import type { Finding } from "./replies.ts";
import { type Voice, voiceOf } from "./voice.ts";

/** What `validateClient` found, in words. */
export const wordedFindings = (door: { voice?: Voice }, findings: readonly Found[]): z.infer<typeof Finding>[] =>
  findings.map(({ severity, code, params }) => ({ severity, code, message: voiceOf(door).say({ code: `finding.${code}`, params }) }));
