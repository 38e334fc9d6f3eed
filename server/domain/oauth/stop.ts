import type { Outcome } from "./words.ts";

/** A consent that ends here, with what the person is told. */
export class OAuthStop extends Error {
  override name = "OAuthStop";
  readonly outcome: Outcome;
  readonly parts: { account?: string; missing?: string };

  constructor(outcome: Outcome, parts: { account?: string; missing?: string } = {}, cause?: unknown) {
    super(outcome, cause === undefined ? undefined : { cause });
    this.outcome = outcome;
    this.parts = parts;
  }
}
