import type { ConsentOutcome } from "./toast-of.ts";

interface StopParts {
  account?: string;
  missing?: string;
  /** Ids of clients, of which staff name one. */
  among?: readonly string[];
}

/** A consent that ends here, with what the person is told. */
export class OAuthStop extends Error {
  override name = "OAuthStop";
  readonly outcome: ConsentOutcome;
  readonly parts: StopParts;

  constructor(outcome: ConsentOutcome, parts: StopParts = {}, cause?: unknown) {
    super(outcome, cause === undefined ? undefined : { cause });
    this.outcome = outcome;
    this.parts = parts;
  }
}
