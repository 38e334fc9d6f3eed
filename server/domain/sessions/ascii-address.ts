/**
 * An address with its domain as the wire wants it: Unicode labels as punycode (RFC 5891), in lower case. The part before the @
 * stays as it is. What has no domain, or one that is none, is answered unchanged: whoever reads it refuses it by its own words.
 */
export function asciiAddress(address: string): string {
  const at = address.lastIndexOf("@");
  const domain = address.slice(at + 1);
  if (at < 0 || /^[\x20-\x7e]*$/.test(domain) || !/^[\p{L}\p{M}\p{N}.-]+$/u.test(domain)) return address;
  const url = `http://${domain}`;
  return URL.canParse(url) ? `${address.slice(0, at)}@${new URL(url).hostname}` : address;
}
