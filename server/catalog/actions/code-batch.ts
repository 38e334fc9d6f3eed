import * as z from "zod";
import type { Attempt, Doing } from "./action.ts";

/** So many codes a batch has at most. */
export const codesABatch = 1000;

/**
 * Codes for whoever is given one: which batch, and of it so many from the nth on. They stand in no payload: whoever has one may use it, so
 * that none is to be read in an inbox, an export or a log. Each is made anew, by a key of the client's own, wherever it is needed.
 */
export const codeBatch = {
  batch: z.string().regex(/^[A-Za-z][\w:-]{0,79}$/),
  /** By which it is seen that the key which makes them is still the one that made them. */
  mark: z.string().regex(/^[0-9a-f]{8}$/),
  /** What stands before the sign of each. */
  prefix: z.string().regex(/^[A-Z][A-Z0-9]{1,11}$/),
  from: z.number().int().min(0).max(codesABatch),
  count: z.number().int().min(1).max(codesABatch),
};
export interface CodeBatch {
  batch: string;
  mark: string;
  prefix: string;
  from: number;
  count: number;
}

/** Without what is mistaken for something else: O and 0, I and 1. */
const signs = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const signsACode = 10;

/** The mark of a batch; of another key it is another one. */
export const markOf = ({ hashOf }: Pick<Doing, "hashOf">, batch: string): string => hashOf(`mark of ${batch}`).slice(0, 8);

const otherKey: Attempt = {
  did: "failed",
  failure: {
    kind: "rejected",
    message: "the key that made these codes was replaced: end their discount in Shopify, or delete the coupon in Klaviyo",
  },
};

/**
 * Tries something with a batch while the key that makes its codes is the one that made them: by another one they would be others. What came
 * of it is told without the codes that a provider named in its words, since these rest where people read.
 */
export async function withCodes<T>(doing: Pick<Doing, "hashOf">, of: CodeBatch, act: () => Promise<T>): Promise<T | Attempt> {
  if (markOf(doing, of.batch) !== of.mark) return otherKey;
  let told = JSON.stringify(await act());
  for (const [place, code] of codesOf(doing, of)) told = told.replaceAll(new RegExp(code, "gi"), `${of.prefix}-… (${place})`);
  return JSON.parse(told) as T;
}

/** A code of a batch by its place, which nobody can guess: fifty bits of an HMAC. */
export function codeAt({ hashOf }: Pick<Doing, "hashOf">, { batch, prefix }: Pick<CodeBatch, "batch" | "prefix">, place: number): string {
  const bytes = hashOf(`code ${place} of ${batch}`).match(/../g) ?? [];
  return `${prefix}-${bytes
    .slice(0, signsACode)
    .map((byte) => signs[Number.parseInt(byte, 16) % signs.length])
    .join("")}`;
}

/** The codes of a batch by their places. */
export const codesOf = (doing: Pick<Doing, "hashOf">, of: Omit<CodeBatch, "mark">): Map<number, string> =>
  new Map(Array.from({ length: of.count }, (_, at) => [of.from + at, codeAt(doing, of, of.from + at)]));

/** The parts of a batch that steps do one by one. */
export const partsOf = <P extends CodeBatch>(payload: P, size: number): P[] =>
  Array.from({ length: Math.ceil(payload.count / size) }, (_, at) => ({
    ...payload,
    from: payload.from + at * size,
    count: Math.min(size, payload.count - at * size),
  }));
