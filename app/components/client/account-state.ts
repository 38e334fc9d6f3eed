import type { Tone } from "#app/components/ui/tone.ts";
import type { Outputs } from "#server/trpc/root.ts";

export type Integration = Outputs["connections"]["list"][number];
export type Account = Integration["connections"][number];

/** How an account is, or a provider without one. What a person can mend comes before what mends itself. */
export type AccountState =
  | Account["health"]["state"]
  | "limited"
  | "missing_scopes"
  | "choice_needed"
  | "lent"
  | "not_connected"
  | "not_configured"
  | "switched_off";

export const STATE_TONES: Record<AccountState, Tone> = {
  healthy: "ok",
  expiring: "warn",
  degraded: "warn",
  limited: "info",
  reconnect_needed: "warn",
  revoked: "danger",
  misconfigured: "danger",
  missing_scopes: "warn",
  choice_needed: "warn",
  lent: "ok",
  not_connected: "neutral",
  not_configured: "neutral",
  switched_off: "neutral",
};

/** Whether the agency switched the provider off: nothing can be connected there now. */
export const isSwitchedOff = ({ incident }: Integration): boolean => incident?.kind === "switched_off";

/** Whether a job waits for the client to choose under this account. */
export const needsChoice = ({ choices }: Account): boolean =>
  choices.some(({ needed, chosen }) => (needed && chosen.every(({ gone }) => gone)) || chosen.some(({ gone }) => gone));

export function stateOfAccount(account: Account): AccountState {
  const { state, code } = account.health;
  // It answers, and says when it does so again.
  if (state === "degraded" && code === "connection.rate_limited") return "limited";
  if (state !== "healthy" && state !== "expiring") return state;
  if (needsChoice(account)) return "choice_needed";
  if (account.waiting.length > 0) return "missing_scopes";
  return state;
}

const ORDER: readonly AccountState[] = [
  "revoked",
  "reconnect_needed",
  "misconfigured",
  "choice_needed",
  "missing_scopes",
  "degraded",
  "limited",
  "expiring",
  "healthy",
];

/** How urgently a person is needed: the least number first. */
export const urgencyOf = (state: AccountState): number => {
  const place = ORDER.indexOf(state);
  return place < 0 ? ORDER.length : place;
};

/** The account of a provider that needs somebody most says how the provider is. */
export function stateOfProvider(integration: Integration): AccountState {
  const { connections, lent, configured, signsIn, keyForm } = integration;
  const states = connections.map(stateOfAccount);
  const worst = ORDER.find((state) => states.includes(state));
  if (worst) return worst;
  if (isSwitchedOff(integration)) return "switched_off";
  if (lent) return "lent";
  return configured || (signsIn && keyForm !== null) ? "not_connected" : "not_configured";
}

/** The jobs that would read these accounts, were they not as they are. */
export const pausedOf = (accounts: readonly Account[]) =>
  accounts.flatMap(({ holdsUp }) =>
    holdsUp.filter(({ why }) => why === "degraded" || why === "misconfigured" || why === "reconnect_needed"),
  );

/** Whether something of it is there to be read: an account of the client's own, or one that the agency lends. */
export const isServed = ({ connections, lent }: Integration): boolean => connections.length > 0 || lent !== null;

/** Whether a person should look at it. */
export const needsAttention = (state: AccountState): boolean =>
  !["healthy", "limited", "lent", "not_connected", "not_configured", "switched_off"].includes(state);
