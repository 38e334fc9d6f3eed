/**
 * Whether an `iss` (RFC 9207) names the server that was asked. Compared as text: with the issuer where it is known, else with the
 * origin of the authorization endpoint and the paths above it, since an issuer may have a path (`https://host/realm` of
 * `https://host/realm/authorize`). A slash at the end makes no difference.
 */
export function isIssuer(said: string, { issuer, authorize }: { issuer: string | undefined; authorize: URL }): boolean {
  const plain = said.replace(/\/$/, "");
  if (issuer !== undefined) return plain === issuer.replace(/\/$/, "");
  const endpoint = `${authorize.origin}${authorize.pathname}`;
  return plain === authorize.origin || (plain.startsWith(`${authorize.origin}/`) && endpoint.startsWith(`${plain}/`));
}
