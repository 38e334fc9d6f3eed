/** What in a domain could end it, or begin something else, in the address of a page: whatever is ASCII and no letter, digit, hyphen or dot. */
const noDomain = /[^a-z0-9.\-\u{80}-\u{10ffff}]/iu;

/**
 * An address with its domain as the wire wants it, by the rules of the URL standard (UTS 46): labels beyond ASCII as punycode, each
 * sign that stands for a dot as a dot, in lower case. The part before the @ stays as it is. What has no domain, or one that is no
 * host, is answered unchanged: whoever reads it refuses it by its own words.
 */
export function asciiAddress(address: string): string {
  const at = address.lastIndexOf("@");
  const domain = address.slice(at + 1);
  if (at < 0 || /^[\x20-\x7e]*$/.test(domain) || noDomain.test(domain)) return address;
  const url = `http://${domain}`;
  return URL.canParse(url) ? `${address.slice(0, at)}@${new URL(url).hostname}` : address;
}
