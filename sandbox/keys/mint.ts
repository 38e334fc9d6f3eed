import { accountName } from "#sandbox/klaviyo/figures.ts";
import { issueKey, newGrant } from "#sandbox/oauth/issue.ts";
import type { Ledger } from "#sandbox/oauth/ledger.ts";
import { hexOf } from "./service.ts";
import { keyShelf } from "./shelf.ts";

type Id = (typeof keyShelf)[number]["id"] | "klaviyo";

/** Accounts whose keys are the same in every sandbox, so that a person can type them. Klaviyo's are named by their public keys. */
const knownAccounts = ["Acme Gifts", "Beta Goods", "Gamma Living"];
const knownKlaviyo = ["AcmeG1", "BetaB2", "GammC3"];

const klaviyoScopes = ["accounts", "lists", "segments", "profiles", "flows", "campaigns", "metrics", "events"].map(
  (name) => `${name}:read`,
);

const shelved = (provider: Id) => {
  const service = keyShelf.find(({ id }) => id === provider);
  if (service) return service;
  // A private key of Klaviyo opens the same API as its OAuth, see providers/klaviyo.ts.
  return {
    prefix: () => "pk_",
    form: (account: string, key: string) => ({ fields: { private_key: key, public_key: account }, secrets: [] }),
  };
};

/** A key as its owner copies it, with everything else that the form asks for. */
export function mintKey(ledger: Ledger, { provider, account, value }: { provider: Id; account: string; value?: string }, now: number) {
  const service = shelved(provider);
  const scopes = provider === "klaviyo" ? klaviyoScopes : [];
  const grant = newGrant(ledger, { provider, account, scopes, mode: "lasting" }, now);
  const key = issueKey(ledger, { grant, prefix: service.prefix(account), ...(value !== undefined && { value }) }, now);
  const { fields, secrets = [] } = service.form(account, key.value);
  // Written down so that logs can be searched for them; they open nothing by themselves.
  for (const secret of secrets) ledger.saveIssued({ ...key, value: secret, kind: "code", state: "used" });
  return { provider, account, fields, grant_id: grant.id };
}

const knownKey = (provider: Id, account: string) => `${shelved(provider).prefix(account)}sbx${hexOf(`${provider} ${account}`)}`;

const known = (): { provider: Id; account: string }[] => [
  ...keyShelf.flatMap(({ id }) => knownAccounts.map((account) => ({ provider: id, account }))),
  ...knownKlaviyo.map((account) => ({ provider: "klaviyo" as const, account })),
];

/** The forms of the known accounts, ready to be typed. */
export const knownKeys = () =>
  known().map(({ provider, account }) => ({
    provider,
    account: provider === "klaviyo" ? accountName(account) : account,
    fields: shelved(provider).form(account, knownKey(provider, account)).fields,
  }));

/** Makes the known keys where they are not there yet; one that was taken back stays so. */
export function seedKeys(ledger: Ledger, now: number): void {
  for (const { provider, account } of known()) {
    const value = knownKey(provider, account);
    if (!ledger.issued.has(value)) mintKey(ledger, { provider, account, value }, now);
  }
}
