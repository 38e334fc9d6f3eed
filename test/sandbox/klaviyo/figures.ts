/** The organisation's name behind an account id. */
export function accountName(id: string): string {
  const known: Record<string, string> = { AcmeG1: "Acme Gifts", BetaB2: "Beta Goods", GammC3: "Gamma Studio" };
  return known[id] ?? `Account ${id}`;
}
