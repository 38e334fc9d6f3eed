import type { Call, SandboxState } from "#sandbox/providers/provider.ts";

/** One call of a portal's, with the access that it was made by. */
export interface Asked {
  state: SandboxState;
  account: string;
  call: Call;
}
