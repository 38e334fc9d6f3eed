/** The address that leads to a provider's consent, and back to the page of that provider. */
export function consentLink({
  tenant,
  provider,
  ...more
}: {
  tenant: string;
  provider: string;
  /** The account that is connected again. */
  connection?: string;
  /** Ask only for what it lacks. */
  only?: "missing";
  /** Ids of scope sets, comma-separated. */
  sets?: string;
}): string {
  return `/api/auth/oauth/${provider}/authorize?${new URLSearchParams({ tenant, ...more, return: `/t/${tenant}/integrations/${provider}` })}`;
}
