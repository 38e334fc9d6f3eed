/**
 * What one subscriber is counted under: an IPv4 address, or the /64 of an IPv6 one, within which a single customer may
 * change addresses at will. Jobs, which have no address, share one name.
 */
export function networkOf(ip: string | null): string {
  if (!ip?.includes(":")) return ip ?? "none";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped?.[1]) return mapped[1];
  const [head = "", tail] = ip.toLowerCase().split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail ? tail.split(":") : [];
  const middle = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  const groups = [...left, ...middle, ...right].map((group) => group.replace(/^0+(?=.)/, ""));
  return `${groups.slice(0, 4).join(":")}::/64`;
}
