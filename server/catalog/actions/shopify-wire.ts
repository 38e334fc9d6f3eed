import * as z from "zod";
import type { Receipt } from "#db/words/actions.ts";
import type { Account } from "#server/catalog/account.ts";
import { shopifyGraphql } from "#server/catalog/providers/shopify-api.ts";
import type { Write } from "#server/catalog/writer.ts";
import { type Attempt, attemptOf, type Doing } from "./action.ts";

interface Document {
  query: string;
  variables: Readonly<Record<string, unknown>>;
}

/** Asks the shop something; errors of the query are thrown. */
export const askShop = <S extends z.ZodType>(account: Account, { query, variables }: Document, schema: S): Promise<z.output<S>> =>
  account.json({ method: "POST", path: shopifyGraphql, body: { query, variables }, reads: true }, schema);

const UserErrors = z.array(z.object({ code: z.string().nullish(), field: z.array(z.string()).nullish(), message: z.string() }));
export type UserErrors = z.output<typeof UserErrors>;

/** What one mutation answers: its own field, with what the shop refused of it, which comes with status 200. */
const payloadOf = <T>(field: string, shape: z.ZodType<T>) =>
  z.object({ data: z.object({ [field]: z.looseObject({ userErrors: UserErrors }) }) }).transform((reply, context) => {
    const said = (reply.data as Record<string, { userErrors: UserErrors }>)[field];
    const own = shape.safeParse(said);
    if (said !== undefined && said.userErrors.length > 0) return { userErrors: said.userErrors, own: null };
    if (own.success) return { userErrors: [], own: own.data };
    context.addIssue({ code: "custom", message: `${field}: another shape` });
    return z.NEVER;
  });

/** Sends a mutation; `refused` reads what the shop refused, which is a failure where it says nothing else of it. */
export async function changeShop<T>(
  { writer }: Doing,
  { query, variables, field, shape, repeatable = false }: Document & { field: string; shape: z.ZodType<T> } & Pick<Write, "repeatable">,
  { receiptOf, refused }: { receiptOf(own: T | null): Receipt; refused?(errors: UserErrors): Promise<Attempt | null> },
): Promise<Attempt> {
  const write: Write = { method: "POST", path: shopifyGraphql, body: { query, variables }, repeatable };
  const outcome = await writer.send(write, payloadOf(field, shape));
  const errors = outcome.outcome === "done" ? (outcome.body?.userErrors ?? []) : [];
  if (errors.length === 0) return attemptOf(outcome, (body) => receiptOf(body?.own ?? null));
  const message = errors.map(({ code, field: at, message: said }) => [code, at?.join("."), said].filter(Boolean).join(" ")).join("; ");
  return (await refused?.(errors)) ?? { did: "failed", failure: { kind: "rejected", message } };
}
