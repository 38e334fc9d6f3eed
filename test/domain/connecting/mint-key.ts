import { sandboxOrigin } from "#test/variables.ts";

/** A key that the account's owner has just made in the sandbox: what the form asks for, by field, and the grant behind it. */
export async function mintKey(provider: string, account: string): Promise<{ fields: Record<string, string>; grantId: string }> {
  const answer = await fetch(`${sandboxOrigin}/__sandbox/keys`, { method: "POST", body: JSON.stringify([{ provider, account }]) });
  const [made] = (await answer.json()) as { fields: Record<string, string>; grant_id: string }[];
  if (!made) throw new Error(`the sandbox made no key of ${provider}`);
  return { fields: made.fields, grantId: made.grant_id };
}
