import type { ConsentCode } from "#db/words/connections.ts";
import type { Text } from "#db/words/locales.ts";

interface StopParts {
  account?: string;
  missing?: Text;
  /** Ids of clients, of which staff name one. */
  among?: readonly string[];
}

/** A consent that ends here, with what the person is told. */
export class OAuthStop extends Error {
  override name = "OAuthStop";
  readonly outcome: ConsentCode;
  readonly parts: StopParts;

  constructor(outcome: ConsentCode, parts: StopParts = {}, cause?: unknown) {
    super(outcome, cause === undefined ? undefined : { cause });
    this.outcome = outcome;
    this.parts = parts;
  }
}
